// A face whose regions are tapped; what is chosen is kept by the page.

const SVG = "http://www.w3.org/2000/svg"

export default function ({ data, parentElement, setTriggerValue }) {
  const picture = parentElement.querySelector("svg")
  if (!picture || !data) return
  picture.setAttribute("aria-label", data.words.face)
  parentElement.querySelector("figcaption").textContent = data.words.note
  if (!picture.childElementCount) draw(picture, data)
  const chosen = new Set(data.chosen)
  for (const region of picture.querySelectorAll(".region")) {
    const isChosen = chosen.has(region.dataset.name)
    region.setAttribute("aria-checked", String(isChosen))
    region.nextElementSibling.style.display = isChosen ? "" : "none"
    region.onclick = () => setTriggerValue("toggle", region.dataset.name)
    region.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      event.preventDefault()
      setTriggerValue("toggle", region.dataset.name)
    }
  }
}

function draw(picture, data) {
  for (const points of data.lines) picture.append(shape("polyline", points, "line"))
  for (const one of data.regions) {
    const region = shape("polygon", one.points, "region")
    region.dataset.name = one.name
    region.setAttribute("role", "checkbox")
    region.setAttribute("tabindex", "0")
    region.setAttribute("aria-label", one.label)
    const title = document.createElementNS(SVG, "title")
    title.textContent = one.label
    region.append(title)
    // A tick, so that it is not told by colour alone.
    const [x, y] = [0, 1].map((axis) => {
      const values = one.points.map((point) => point[axis])
      return (Math.min(...values) + Math.max(...values)) / 2
    })
    picture.append(region, shape("polyline", [[x - 5, y], [x - 1, y + 4], [x + 6, y - 5]], "tick"))
  }
}

function shape(kind, points, name) {
  const made = document.createElementNS(SVG, kind)
  made.setAttribute("points", points.map((point) => point.join(",")).join(" "))
  made.setAttribute("class", name)
  return made
}
