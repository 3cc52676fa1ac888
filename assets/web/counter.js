// Keeps the one field ready for a scanner. Everything works without this file; it only saves a touch.
"use strict";
(() => {
  const field = document.querySelector("input[data-scan]");
  if (!field) return;
  const TAB_AFTER_SCAN_MS = 200; // a scanner's suffix follows at once, a person's Tab does not
  let lastTyped = 0;
  let sent = false; // a scanner's Enter comes after the last digit has already sent the form

  const digitsOf = (text) => text.normalize("NFKC").replace(/\s/g, "");

  // Header `MMMM V LLL`: the length in bytes; seven bytes are seventeen digits, a rest fewer.
  const announcedLength = (digits) => {
    if (!/^517[34]\d{4}/.test(digits)) return Infinity;
    const bytes = Number(digits.slice(5, 8));
    return 8 + Math.floor(bytes / 7) * 17 + [0, 3, 5, 8, 10, 13, 15][bytes % 7];
  };

  const send = () => {
    if (field.value.trim()) field.form.requestSubmit();
  };

  field.form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });

  const sendWhenWhole = () => {
    const digits = digitsOf(field.value);
    if (/^\d+$/.test(digits) && digits.length >= announcedLength(digits)) send();
  };

  field.addEventListener("input", (event) => {
    lastTyped = event.timeStamp;
    if (!event.isComposing) sendWhenWhole();
  });
  // With a Japanese input method on, a scan is one composition and the scanner's Enter only ends it. The value is
  // settled after this event, not before.
  field.addEventListener("compositionend", () => setTimeout(sendWhenWhole, 0));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !field.value.trim()) event.preventDefault(); // the end of a scan already answered
    const suffix = event.key === "Tab" && !event.shiftKey && event.timeStamp - lastTyped < TAB_AFTER_SCAN_MS;
    if (suffix && field.value) {
      event.preventDefault();
      send();
    }
  });
  field.addEventListener("focus", () => field.select());

  // A scan that begins while no other field has the focus belongs to this one.
  document.addEventListener("keydown", (event) => {
    const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (plain && !document.activeElement?.matches("input, select, textarea")) field.focus();
  });
  // Coming back by the browser's own button: the old text is selected, so that a new scan replaces it.
  window.addEventListener("pageshow", () => {
    sent = false;
    field.focus({ preventScroll: true });
    field.select();
  });
})();
