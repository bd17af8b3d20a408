// One trigger that arrives twice, as text and as keys (a scanner set to both). Taken once only when it is certain: the
// same text, by both ways, faster than any finger. Two triggers are two scans, however equal and quick.

const ONE_TRIGGER_MS = 40;

/** A piece of a field: `signs` are {at, key} of its characters; `key`: it came by a key, else as text. */
function way(signs) {
  if (!signs.length) return null;
  const keys = signs.filter(({ key }) => key).length;
  return keys === signs.length ? "keys" : keys ? null : "text";
}

const oneTrigger = (one, other) =>
  way(one) && way(other) && way(one) !== way(other) && other[0].at - one.at(-1).at <= ONE_TRIGGER_MS;

/** Half of `value` when it is one scan written twice behind itself, else all of it. */
export function once(value, signs) {
  const half = value.length / 2;
  const twice = half >= 4 && Number.isInteger(half) && value.slice(0, half) === value.slice(half);
  return twice && oneTrigger(signs.slice(0, half), signs.slice(half)) ? value.slice(0, half) : value;
}

/** Tells whether a scan is the echo of the one before it. */
export class Echo {
  last = null;

  /** True once for the second of a pair. */
  of(text, signs) {
    const before = this.last;
    const echo = Boolean(before) && before.text === text && text.length >= 4 && oneTrigger(before.signs, signs);
    this.last = echo ? null : { text, signs };
    return echo;
  }
}
