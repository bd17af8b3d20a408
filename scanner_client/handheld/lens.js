// The camera itself: opens it, lights its torch, cuts frames out of what is in sight.

const WISH = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
const SIDE_MAX = 1280; // pixels: more is slower without reading more; scaling 1280 down to 960 lost whole labels
const AIM = { width: 0.9, height: 0.5 }; // the region of interest, as a part of what is seen; the same as in camera.css

async function ask() {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "InsecureError");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: WISH });
  } catch (error) {
    if (error.name !== "OverconstrainedError") throw error;
    return navigator.mediaDevices.getUserMedia({ audio: false, video: true });
  }
}

export class Lens {
  /** `ended` is called when the camera was taken away from us. */
  constructor(video, ended) {
    Object.assign(this, { video, ended, stream: null, track: null });
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  /** Shows the camera in the video; rejects with the browser's own DOMException. */
  async start() {
    this.stop();
    const stream = await ask();
    this.stream = stream;
    [this.track] = stream.getVideoTracks();
    this.track.addEventListener("ended", () => { if (this.stream === stream) this.ended(); });
    this.video.srcObject = stream;
    await this.video.play();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    Object.assign(this, { stream: null, track: null });
    this.video.srcObject = null;
  }

  get torchable() { return Boolean(this.track?.getCapabilities?.().torch); }
  light(on) { return this.track.applyConstraints({ advanced: [{ torch: on }] }); }

  /** Resolves with the next new frame of the video. */
  next() {
    return new Promise((resolve) => {
      if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(resolve);
      else requestAnimationFrame(resolve);
    });
  }

  // The video fills its box and is cut (object-fit: cover): only what the person sees is read.
  inSight() {
    const { videoWidth, videoHeight, clientWidth, clientHeight } = this.video;
    const scale = Math.max(clientWidth / videoWidth, clientHeight / videoHeight) || 1;
    return { width: Math.min(videoWidth, clientWidth / scale), height: Math.min(videoHeight, clientHeight / scale) };
  }

  /** A frame {width, height, pixels}: the region of interest, or with `full` all that the camera sees. */
  grab(full) {
    const { videoWidth, videoHeight } = this.video;
    const seen = this.inSight();
    const width = full ? videoWidth : seen.width * AIM.width;
    const height = full ? videoHeight : seen.height * AIM.height;
    const scale = Math.min(1, SIDE_MAX / Math.max(width, height));
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
    Object.assign(this.canvas, size);
    const from = [(videoWidth - width) / 2, (videoHeight - height) / 2];
    this.context.drawImage(this.video, ...from, width, height, 0, 0, size.width, size.height);
    return { ...size, pixels: this.context.getImageData(0, 0, size.width, size.height).data.buffer };
  }
}
