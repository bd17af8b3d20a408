// The field is ready before the page says that it has loaded: a badge scanned at once must not lose its first characters.
document.querySelector("[autofocus]")?.focus();
