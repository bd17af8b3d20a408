// What was set up on this device: which scanner it has (a device profile of the server), and whether its camera scans.

const AIM = /^\][A-Za-z][0-9A-Za-z]/;
const hasTouch = () => matchMedia("(pointer: coarse)").matches;

export const TYPED = "typed"; // profiles that the server knows for what did not come from a scanner
export const CAMERA = "camera";
const PLAIN = "plain"; // a scanner that nobody set up
export const device = { profile: "", prefix: "", camera: false };

/** Reads the settings that the set-up page kept. */
export async function loadDevice(store) {
  const kept = (await store.get("scanner")) ?? {};
  const camera = await store.get("camera");
  Object.assign(device, { profile: kept.name ?? "", prefix: kept.prefix ?? "", camera: camera ?? hasTouch() });
}

/** The profile of what came through the field. A scanner's "F2" is a label's and no key: the server must know whose it is. */
export const origin = ({ typed, thumb }) => (thumb ? TYPED : device.profile || (typed ? "" : PLAIN));

/** The text of a scan without what its scanner puts in front: the profile's prefix and the AIM identifier. */
export function bare(text) {
  const { prefix } = device;
  const rest = prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  return rest.replace(AIM, "");
}

/** True for what the label of a badge encodes. */
export const isBadge = (text) => /^BD-/i.test(bare(text));
