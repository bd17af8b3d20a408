// Every sentence that the station itself says; all others come with the answers.

export const words = {
  station: "Pack station", begin: "Ready to pack", beginHint: "Press F1, or scan a tote.",
  noPack: "Your badge does not pack", noPackHint: "Scan another badge, or ask a supervisor for the role.",
  night: "Night", day: "Day", signOut: "Sign out", order: "Order", of: "of",
  units: (n) => (n === 1 ? "1 unit" : `${n} units`),
  carton: "Carton", noCarton: "Chosen when every unit is verified.",
  picture: (name) => `How the units lie in ${name}`, step: (n, of) => `${n} of ${of}`, allIn: "Everything is in.",
  flat: "lies flat", standing: "stands", onEdge: "on its side", soft: (what) => `Into the gaps: ${what}`,
  cartons: (n) => `1 of ${n} cartons`,
  weight: "Weight", noWeight: "Weighed when the box is closed.",
  expected: (low, high) => `${low} – ${high} g expected`, about: (grams) => `about ${grams} g`,
  labelPicture: "The label as it is printed", drawing: "Drawing the label…", noPicture: "No picture of the label here.",
  label: "Label", noLabel: "Prints when every unit is verified.",
  held: "On hold", supervisor: "A supervisor clears it.", clears: (who) => `Who clears it: ${who}.`,
  aside: (key, label) => `${key}: ${label}. Then go on with the next tote.`,
};

/** States of a print job as a packer says them, with their tone. */
export const LABEL_WORDS = {
  queued: ["Waits for the printer", ""], claimed: ["Is printing", ""], sending: ["Is printing", ""], sent: ["Sent to the printer", "ok"], confirmed: ["Printed", "ok"],
  uncertain: ["Did it come out? Scan it, or F6, F7.", "ask"], failed: ["Did not print. Press F7.", "stop"], void: ["Void", "stop"],
};
