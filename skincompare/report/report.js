"use strict";
(() => {
  document.documentElement.classList.add("js");
  const stage = document.querySelector(".stage");
  const slider = document.querySelector(".split");
  const buttons = [...document.querySelectorAll("button[data-view]")];
  if (!stage) return;

  const split = (share) => {
    const value = Math.max(0, Math.min(100, share));
    slider.value = value;
    stage.style.setProperty("--split", value + "%");
  };
  const show = (view) => {
    stage.dataset.view = view;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    if (slider) slider.parentElement.hidden = view !== "swipe";
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.view));

  if (slider) {
    slider.addEventListener("input", () => split(Number(slider.value)));
    const drag = (event) => {
      const box = stage.querySelector(".before .frame").getBoundingClientRect();
      split((100 * (event.clientX - box.left)) / box.width);
    };
    stage.addEventListener("pointerdown", (event) => {
      if (stage.dataset.view !== "swipe") return;
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
      drag(event);
      slider.focus({ preventScroll: true });
    });
    stage.addEventListener("pointermove", (event) => {
      if (stage.dataset.view === "swipe" && stage.hasPointerCapture(event.pointerId)) drag(event);
    });
    split(50);
  }

  const choice = document.querySelector("#marks-of");
  if (choice) {
    choice.addEventListener("change", () => {
      document.querySelector("#show-marks").checked = true;
      for (const one of document.querySelectorAll("[data-marks]"))
        one.classList.toggle("chosen", one.dataset.marks === choice.value);
    });
  }

  const polygons = new Map([...document.querySelectorAll("#outlines polygon")].map((one) => [one.dataset.region, one]));
  for (const row of document.querySelectorAll("tr[data-region]")) {
    const light = (on) => {
      const polygon = polygons.get(row.dataset.region);
      if (polygon) polygon.classList.toggle("hot", on);
    };
    row.addEventListener("pointerenter", () => light(true));
    row.addEventListener("pointerleave", () => light(false));
  }
  show(stage.dataset.view);
})();
