// Moves the times of an agenda to when the workshop begins.

import { timeOfDay } from "./agendas.ts";

const field = document.querySelector<HTMLInputElement>("#begins");
field?.addEventListener("input", () => {
  const [hours, minutes] = field.value.split(":").map(Number);
  if (hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)) return;
  for (const cell of document.querySelectorAll<HTMLElement>("[data-after]"))
    cell.textContent = timeOfDay(hours * 60 + minutes + Number(cell.dataset.after));
});
