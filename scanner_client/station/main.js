// Starts the pack station when the page has loaded.

import { byId } from "../handheld/dom.js";
import { words } from "../handheld/words.js";
import { Station } from "./station.js";

new Station().start().catch((error) => {
  byId("band").dataset.tone = "stop";
  byId("band").textContent = `${words.noStore} (${error.name})`;
  throw error;
});
