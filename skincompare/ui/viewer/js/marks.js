// What lies over the pictures: outlines and names of regions, marks of single features, and the maps with their legend.

// The shape of each state, in a box of 16 by 16: as the marks on the pictures.
const SHAPES = { still: "M3,8a5,5 0 1 0 10,0a5,5 0 1 0 -10,0", gone: "M2,8l6,-6l6,6l-6,6z", new: "M3,3h10v10h-10z" }

// A mark in its colour, on a dark rim so that it is seen on every skin.
function markPath(one, side, isRim) {
  return svgPart("path", { d: one[side], class: `${one.classes} ${isRim ? "rim" : "ink"}` })
}

function legendEntry({ state, text }) {
  const entry = document.createElement("span")
  const drawing = svgPart("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" })
  for (const isRim of [true, false]) {
    drawing.append(markPath({ classes: state, legend: SHAPES[state] }, "legend", isRim))
  }
  entry.append(drawing, text)
  return entry
}

function scaleEntry({ low, high, colours }) {
  const entry = document.createElement("span")
  const ramp = document.createElement("i")
  ramp.className = "scale"
  ramp.style.backgroundImage = `linear-gradient(to right, ${colours.join(", ")})`
  entry.append(low, ramp, high)
  return entry
}

const marksPart = {
  buildOutlines(regions) {
    for (const pane of this.panes) {
      pane.querySelector(".outlines").replaceChildren(
        ...regions.map((region) => svgPart("polygon", region.treated ? { class: "treated" } : {})),
      )
      const names = regions.map((region) => textPart("span", region.treated ? "treated" : "", region.label))
      pane.querySelector(".names").replaceChildren(...names)
    }
  },

  placeOutlines(pane, frame) {
    const isShown = this.outlined && !(pane === this.second && this.seen.after.kind === "original")
    const display = isShown ? "" : "none"
    pane.querySelector(".outlines").style.display = display
    pane.querySelector(".names").style.display = pane.box[0] >= NAMED_FROM ? display : "none"
    if (!isShown) return
    const shapes = pane.querySelectorAll("polygon")
    const names = pane.querySelectorAll(".names span")
    this.seen.dict.regions.forEach((region, index) => {
      const points = region.points.map(([x, y]) => [frame.left + x * frame.width, frame.top + y * frame.height])
      shapes[index].setAttribute("points", points.map((point) => point.map((one) => one.toFixed(1))).join(" "))
      const [left, top, right, bottom] = boundsOf(points)
      names[index].style.left = `${(left + right) / 2}px`
      names[index].style.top = `${(top + bottom) / 2}px`
      names[index].style.display = region.treated || right - left > 8 * region.label.length ? "" : "none"
    })
  },

  // The same kind of marks stays chosen from one pair to the next.
  buildMarks(layers) {
    const label = this.layers.length ? this.layers[this.layer].label : ""
    this.layers = layers
    this.layer = Math.max(0, layers.findIndex((layer) => layer.label === label))
    this.choice.replaceChildren(...layers.map((layer) => new Option(layer.label)))
    this.choice.selectedIndex = layers.length ? this.layer : -1
    this.choice.hidden = layers.length < 2
    this.paintMarks()
  },

  markShapes(layer, side) {
    if (layer.paths) return layer.paths.flatMap((one) => [true, false].map((rim) => markPath(one, side, rim)))
    const [width, height] = [this.seen.dict.before.width, this.seen.dict.before.height]
    const image = svgPart("image", { href: layer.images[side], preserveAspectRatio: "none", width, height })
    image.classList.toggle("faint", layer.faint)
    return [image]
  },

  chooseMarks(index) {
    this.layer = index
    this.marked = true
    this.paintMarks()
    this.draw()
  },

  // The paths are made when a pair or the choice is new; zooming only moves them.
  paintMarks() {
    const layer = this.layers[this.layer]
    for (const drawing of this.root.querySelectorAll("svg.marks")) {
      const { side } = drawing.dataset
      drawing.querySelector("g").replaceChildren(...(layer ? this.markShapes(layer, side) : []))
    }
    const legend = layer ? (layer.scale ? [scaleEntry(layer.scale)] : layer.legend.map(legendEntry)) : []
    this.root.querySelector(".marks-legend").replaceChildren(...legend)
    this.root.querySelector(".marks-note").textContent = layer ? layer.note : ""
  },

  // Maps of change: one a quantity, on a fixed scale, over the grey photo.
  buildMaps() {
    const maps = mapsOf(this.seen.dict)
    const titles = maps.map((one) => one.title)
    const chosen = Math.max(0, titles.indexOf(this.mapTitle))
    const shown = [...this.mapChoice.options].map((option) => option.text)
    if (titles.join("\n") !== shown.join("\n")) this.mapChoice.replaceChildren(...titles.map((one) => new Option(one)))
    this.mapChoice.selectedIndex = maps.length ? chosen : -1
    this.mapChoice.hidden = maps.length < 2
    this.root.querySelector(".legend-title").hidden = maps.length > 1
    const { map } = this.seen
    this.root.classList.toggle("whole-map", Boolean(map && map.whole))
    this.writeLegend(map)
  },

  chooseMap(title) {
    this.mapTitle = title
    this.choose(this.current)
  },

  writeLegend(map) {
    if (!map) return
    const put = (name, text) => (this.root.querySelector(name).textContent = text)
    put(".legend-title", map.title)
    put(".high", map.high)
    put(".low", map.low)
    put(".legend-note", map.note)
    this.root.querySelector(".ramp").style.background = `linear-gradient(to top, ${map.colours.join(", ")})`
  },
}
