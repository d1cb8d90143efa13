/** Sliders beside the fields of settings: each stands on the stops that the server names, the field is the truth. */
import { every } from "../room/dom.js";

for (const slider of every("input[type=range][data-for]")) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(slider.dataset.for));
  const stops = slider.dataset.stops.split(" ");
  slider.hidden = false;
  slider.setAttribute("aria-valuetext", stops[slider.value]);
  slider.addEventListener("input", () => {
    field.value = stops[slider.value];
    slider.setAttribute("aria-valuetext", field.value);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("change", () => {
    const place = stops.indexOf(field.value);
    if (place >= 0) slider.value = String(place);
  });
}

const search = document.getElementById("search");
search?.addEventListener("input", () => {
  const wanted = /** @type {HTMLInputElement} */ (search).value.trim().toLowerCase();
  for (const component of every("details.component")) {
    const whole = component.dataset.component.includes(wanted);
    let found = 0;
    for (const setting of every(".setting", component)) {
      const fits = whole || setting.textContent.toLowerCase().includes(wanted);
      setting.hidden = !fits;
      found += Number(fits);
    }
    component.hidden = found === 0;
    component.open = wanted !== "" && found > 0;
  }
});
search?.addEventListener("change", (event) => event.stopPropagation());
