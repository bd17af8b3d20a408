// Tones and vibration that agree with the band: ok short and high, done rising, ask twice in the middle, stop long and low.

const TUNES = { // [hertz, start s, length s, loudness, waveform]
  sent: [[2600, 0, 0.018, 0.15, "sine"]],
  kept: [[620, 0, 0.05, 0.35, "triangle"]],
  ok: [[1760, 0, 0.09, 0.8, "triangle"], [2637, 0.02, 0.08, 0.4, "sine"]],
  done: [[1047, 0, 0.12, 0.8, "triangle"], [1319, 0.12, 0.12, 0.8, "triangle"], [1760, 0.24, 0.3, 0.9, "triangle"]],
  ask: [[880, 0, 0.13, 0.8, "square"], [659, 0.19, 0.2, 0.8, "square"]],
  stop: [[233, 0, 0.22, 1, "sawtooth"], [247, 0, 0.22, 1, "square"], [185, 0.28, 0.42, 1, "sawtooth"], [196, 0.28, 0.42, 1, "square"]],
};
const BUZZ = { ok: [40], done: [60, 50, 60, 50, 160], ask: [90, 70, 90], stop: [260, 90, 380], kept: [20] };
const EDGE_S = 0.006; // fades the edges, so that no tone begins or ends with a click

export class Tones {
  constructor(changed) {
    this.changed = changed;
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => this.unlock(), true);
  }

  /** True while the browser still waits for a tap or a key before it lets us be heard. */
  get silent() { return this.context?.state !== "running"; }

  async unlock() {
    if (this.context?.state === "running") return;
    this.context ??= this.build();
    await this.context?.resume().catch(() => undefined);
    this.changed();
  }

  build() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context) return null;
    const context = new Context({ latencyHint: "interactive" });
    this.out = context.createDynamicsCompressor(); // loud, but never clipped into noise
    this.out.connect(context.destination);
    return context;
  }

  /** Plays the tune of a tone and shakes the device. */
  play(tone) {
    if (BUZZ[tone] && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(BUZZ[tone]);
    if (this.silent) return;
    for (const note of TUNES[tone] ?? []) this.note(...note);
  }

  note(hertz, start, length, loudness, waveform) {
    const [from, gain, voice] = [this.context.currentTime + start, this.context.createGain(), this.context.createOscillator()];
    Object.assign(voice, { type: waveform });
    voice.frequency.value = hertz;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(loudness, from + EDGE_S);
    gain.gain.setValueAtTime(loudness, from + length - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, from + length);
    voice.connect(gain).connect(this.out);
    voice.start(from);
    voice.stop(from + length);
  }
}
