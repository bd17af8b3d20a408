// What the camera says when it cannot be used, and the way on from there.

export const camera = {
  title: "Camera", starts: "The camera starts.", torch: "Light", again: "Read again", close: "Close", photo: "Take a photo",
  retry: "Try again", type: "Type it", reading: "The photo is being read.", noCode: "No code found. Take it again, closer and straight.",
  which: "Which one?", signIn: "Photos are read once you are signed in. Type your badge.", torchOff: "The light does not answer.",
};

const REASONS = {
  InsecureError: "Live pictures need HTTPS. Take a photo instead.",
  NotAllowedError: "The camera is not allowed. Allow it in the site settings.",
  SecurityError: "The camera is not allowed. Allow it in the site settings.",
  NotFoundError: "No camera is found. Type the code.",
  NotReadableError: "Another app has the camera. Close it, try again.",
  AbortError: "The camera did not start. Try again.",
  Ended: "The camera was switched off. Try again.",
  Reader: "The reader did not load. Try again or take a photo.",
};

/** The sentence for an error's name. */
export const reason = (name) => REASONS[name] ?? "The camera did not start. Try again.";
