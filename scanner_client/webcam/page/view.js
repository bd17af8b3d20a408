// Draws the facts of the client as they change, and tells it what a person does here.

import { Tones } from "./tones.js";

const byId = (id) => document.getElementById(id);
const tones = new Tones(() => undefined);
let events = -1;

/** Tells the client; a sentence comes back when it could not be done. */
async function act(what) {
  const headers = { "Content-Type": "application/json", "X-Pickwell-View": "1" };
  const reply = await fetch("/do", { method: "POST", headers, body: JSON.stringify(what) }).catch(() => null);
  const { why } = reply?.ok ? await reply.json() : { why: "The webcam client is not running any more." };
  if (why) trouble(why);
}

function trouble(text) {
  byId("trouble").hidden = !text;
  byId("trouble").textContent = text;
}

function button(label, what) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", () => act(what));
  return made;
}

function drawAside(facts) {
  byId("aside").hidden = !facts.aside;
  byId("aside").querySelector("ul").replaceChildren(...(facts.asides ?? []).map(({ text, why }) => {
    const row = document.createElement("li");
    row.textContent = `${text}: ${why}`;
    return row;
  }));
}

function draw(facts) {
  const { answer } = facts;
  document.body.dataset.tone = facts.tone;
  byId("station").textContent = facts.station;
  byId("person").textContent = facts.person;
  byId("waiting").textContent = facts.unsent ? `${facts.unsent} waiting` : "";
  byId("rate").textContent = facts.fps ? `${Math.round(facts.fps)} pictures/s` : "";
  trouble(facts.camera || facts.trouble);
  byId("note").textContent = facts.note;
  byId("title").textContent = answer.title ?? "";
  byId("target").textContent = answer.target?.label ?? "";
  byId("code").textContent = facts.code ? `Read: ${facts.code}` : "";
  byId("signin").hidden = !facts.asks;
  byId("signout").hidden = !facts.person;
  if (facts.asks === "pin" && byId("badge").value !== facts.badge) {
    byId("badge").value = facts.badge;
    byId("pin").focus();
  }
  byId("keys").replaceChildren(...Object.entries(answer.keys ?? {}).map(([key, label]) => button(`${key} ${label}`, { do: "key", key })));
  drawAside(facts);
  if (events >= 0 && facts.events !== events) tones.play(facts.tone);
  events = facts.events;
}

byId("signin").addEventListener("submit", (event) => {
  event.preventDefault();
  act({ do: "signin", badge: byId("badge").value, pin: byId("pin").value });
  byId("pin").value = "";
});
byId("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  if (byId("text").value) act({ do: "type", text: byId("text").value });
  byId("text").value = "";
});
byId("signout").addEventListener("click", () => act({ do: "signout" }));
byId("again").addEventListener("click", () => act({ do: "again" }));
byId("aside").querySelector("button").addEventListener("click", () => act({ do: "seen" }));
addEventListener("keydown", (event) => {
  if (event.code !== "Space" || event.target.closest?.("input, button")) return;
  event.preventDefault();
  act({ do: "again" });
});

addEventListener("load", () => { byId("video").src = "/video"; }); // it never ends: before, the page would never be loaded
const source = new EventSource("/events");
source.addEventListener("message", ({ data }) => draw(JSON.parse(data)));
source.addEventListener("error", () => trouble("The webcam client is not running any more."));
