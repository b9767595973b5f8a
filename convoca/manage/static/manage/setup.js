// The zone of this computer, unless the form came back with one that was chosen.
(() => {
  const field = document.querySelector("select[data-own-zone]");
  if (!field || field.value !== "UTC") return;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...field.options].some((option) => option.value === own)) field.value = own;
})();
