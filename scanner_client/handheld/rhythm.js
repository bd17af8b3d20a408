// Tells a scanner's keys from a hand's by their rhythm: `stamps` are the times of a field's characters in ms.

const PAUSE_MS = 150;
const BURST_MS = 35;
const SCAN_LENGTH = 4;
const LEFTOVER_MS = 400; // from letting go of the keypad to pulling the trigger
const HAND_MS = 70; // no hand types faster; a scanner that stalls (radio, a busy page) does

const gaps = (stamps) => stamps.slice(1).map((at, i) => at - stamps[i]);

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Infinity;
}

/** True for the rhythm of a scanner: at least 4 characters, median gap under 35 ms, no gap over 150 ms. */
export function isBurst(stamps) {
  const between = gaps(stamps);
  return stamps.length >= SCAN_LENGTH && median(between) < BURST_MS && Math.max(0, ...between) <= PAUSE_MS;
}

/** True for what no hand typed: a burst, or a text too short for one whose characters came at once. */
export function byScanner(stamps) {
  const between = gaps(stamps);
  return isBurst(stamps) || (stamps.length > 1 && stamps.length < SCAN_LENGTH && Math.max(...between) < BURST_MS);
}

/**
 * Where the scan begins in a field that still held something typed before it (0: all of it is one text). Cuts only
 * between a hand's rhythm and a scanner's, so that a scanner that stalls within a code never loses its beginning.
 */
export function scanStart(stamps) {
  const cut = gaps(stamps).findLastIndex((gap) => gap > LEFTOVER_MS) + 1;
  const byHand = median(gaps(stamps.slice(0, cut))) >= HAND_MS;
  return cut > 0 && byHand && isBurst(stamps.slice(cut)) ? cut : 0;
}
