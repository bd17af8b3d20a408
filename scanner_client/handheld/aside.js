// Scans that leave the queue without being sent: kept in the tray with the reason, never dropped in silence.

import { words } from "./words.js";

/** A second scan of the code that was made before the question was on screen cannot be its confirmation. */
export async function doublesAside(sender, asked) {
  const doubles = (await sender.mine()).filter((scan) => scan.text === asked.text && !scan.body);
  for (const scan of doubles) await sender.store.setAside(scan, words.doubled);
}

/** A person decides that the first scan of the queue shall not be sent any more. */
export async function firstAside(sender) {
  await sender.exclusive(async () => {
    const [first] = await sender.mine();
    if (first) await sender.store.setAside(first, words.broken);
  });
  sender.patience.reset();
  await sender.changed();
  sender.wake();
}
