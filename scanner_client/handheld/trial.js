// What a scanner really sent, and what is wrong with it: pure findings, drawn by setup.js.

import { words } from "./setupwords.js";
import { once } from "./twice.js";

export const GS = "\u001d";
export const PROFILE_CODE = /^(?:\][A-Za-z][0-9A-Za-z])?PW-(.+)$/i;
const AIM = /^\][A-Za-z][0-9A-Za-z]/;
const SLOW_MS = 35;
const GS1 = { before: "010400638133393110LOT7", after: "17301231" }; // as wms/web/pages.py draws it
const KEYBOARD = "Pickwell/yz-YZ:7";

const swapCase = (text) => [...text].map((sign) => (sign === sign.toUpperCase() ? sign.toLowerCase() : sign.toUpperCase())).join("");

function pace(signs) {
  const gaps = signs.slice(1).map(({ at }, i) => at - signs[i].at).sort((one, other) => one - other);
  return gaps.length ? Math.round(gaps[Math.floor(gaps.length / 2)]) : 0;
}

/** The facts of one scan: `value` as it stood in the field, `signs` {at, key} of its characters, `end` of words.ends. */
export function facts(value, signs, end) {
  const text = once(value, signs);
  const [aim = ""] = AIM.exec(text) ?? [];
  const keys = signs.filter(({ key }) => key).length;
  const way = keys === signs.length ? "keys" : keys ? "both" : "text";
  return { value, text, aim, way, end, pace: pace(signs), twice: text !== value };
}

/** The bytes of a text, each {shown, hex, kind}. */
export function bytes(text, aim) {
  return [...text].map((sign, place) => {
    const code = sign.codePointAt(0);
    const control = code < 32 || code === 127;
    const shown = sign === GS ? "GS" : control ? "·" : sign;
    return { shown, hex: code.toString(16).toUpperCase().padStart(2, "0"), kind: control ? "control" : place < aim.length ? "aim" : "" };
  });
}

const matching = (profiles, sign, aim) =>
  profiles.find((profile) => profile.aim === aim && (sign === GS ? !profile.separators.length && !profile.prefix : profile.separators.includes(sign)));

/** The profile that fits what a scanner made of the GS1 test code, with what is wrong: {profile, advice}. */
function ofGs1({ text, aim }, profiles, chosen) {
  const start = text.indexOf(GS1.before);
  const end = text.indexOf(GS1.after, start + GS1.before.length);
  const sign = text.slice(start + GS1.before.length, end);
  const front = text.slice(0, start).replace(aim, "");
  const profile = matching(profiles, sign, Boolean(aim));
  if (!sign) return { advice: [words.lost] };
  if (!profile) return { advice: [words.strange(sign)] };
  const known = chosen && chosen.aim === profile.aim && (sign === GS || chosen.separators.includes(sign));
  const odd = front && front !== chosen?.prefix ? [words.prefix(front)] : [];
  return known ? { advice: odd } : { profile, advice: [...odd, sign === GS ? words.hasAim(profile.title) : words.token(sign, profile.title)] };
}

function ofKeyboard({ text, aim }) {
  const plain = text.slice(aim.length);
  if (plain === KEYBOARD) return [];
  if (plain === swapCase(KEYBOARD)) return [words.lowered];
  return plain.length === KEYBOARD.length && plain.startsWith("Pickwell") ? [words.layout] : [];
}

/** What to mend after a scan: sentences, and the profile that would fit better, if any. */
export function advise(found, profiles, chosen) {
  const advice = [];
  if (found.end === "none") advice.push(words.noEnd);
  if (found.way === "keys" && found.pace > SLOW_MS) advice.push(words.slow(found.pace));
  if (found.twice) advice.push(words.twice);
  const tested = found.text.includes(GS1.before) && found.text.includes(GS1.after);
  const gs1 = tested ? ofGs1(found, profiles, chosen) : { advice: [] };
  if (!tested && chosen?.aim && !found.aim) advice.push(words.noAim);
  return { profile: gs1.profile ?? null, advice: [...advice, ...gs1.advice, ...ofKeyboard(found)] };
}
