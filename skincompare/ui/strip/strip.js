// A row of small photos; the chosen day goes back to the page.

export default function ({ data, parentElement, setStateValue }) {
  const strip = parentElement.querySelector(".strip")
  if (!strip || !data) return
  strip.setAttribute("aria-label", data.words.label)
  const choose = (label) => {
    strip.dataset.chosen = label
    for (const day of strip.children) mark(day, day.dataset.label === label)
    setStateValue("day", label)
  }
  if (strip.dataset.shown !== JSON.stringify(data.days.map(identity))) {
    strip.dataset.shown = JSON.stringify(data.days.map(identity))
    strip.replaceChildren(...data.days.map(makeDay))
  }
  const days = [...strip.children]
  const kept = days.some((day) => day.dataset.label === strip.dataset.chosen)
  const chosen = kept ? strip.dataset.chosen : data.first
  for (const day of days) {
    mark(day, day.dataset.label === chosen)
    day.onclick = () => day.getAttribute("aria-disabled") !== "true" && choose(day.dataset.label)
    day.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
      const next = step && days[days.indexOf(day) + step]
      if (!next || next.getAttribute("aria-disabled") === "true") return
      event.preventDefault()
      next.focus()
      choose(next.dataset.label)
    }
  }
}

function identity(day) {
  return [day.label, day.note, day.src.length]
}

function mark(day, isChosen) {
  day.setAttribute("aria-checked", String(isChosen))
  day.tabIndex = isChosen ? 0 : -1
}

function makeDay(day) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "day"
  button.dataset.label = day.label
  button.setAttribute("role", "radio")
  if (day.fixed) button.setAttribute("aria-disabled", "true")
  const picture = document.createElement("img")
  picture.className = "picture"
  picture.alt = ""
  if (day.src) picture.src = day.src
  button.append(picture, text("label", day.label), text("note", day.note))
  return button
}

function text(kind, words) {
  const span = document.createElement("span")
  span.className = kind
  span.textContent = words
  return span
}
