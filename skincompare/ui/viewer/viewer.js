// Shows one aligned pair: side by side, swiped, or as a map of change. Zoom, place and mode live here only.

const MAX_ZOOM = 8
const ZOOM_STEP = 1.25
const SWIPE_STEP = 2 // per cent of the picture's width, one arrow key
const TALLEST_SHARE = 0.7 // of the window's height
const TALLEST_FLOOR = 320 // px: not smaller in a low window
const GAP = 10 // px, as in the style sheet
const LEGEND = 108 + GAP // px
const NAMED_FROM = 210 // px: a narrower picture shows outlines without names

const SVG = "http://www.w3.org/2000/svg"
// The shape of each state, in a box of 16 by 16: as the marks on the pictures.
const SHAPES = { still: "M3,8a5,5 0 1 0 10,0a5,5 0 1 0 -10,0", gone: "M2,8l6,-6l6,6l-6,6z", new: "M3,3h10v10h-10z" }

const viewers = new WeakMap()

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".viewer")
  if (!root || !data) return
  if (!viewers.has(root)) viewers.set(root, new Viewer(root))
  viewers.get(root).show(data)
}

class Viewer {
  constructor(root) {
    this.root = root
    this.stage = root.querySelector(".stage")
    this.first = root.querySelector(".first")
    this.second = root.querySelector(".second")
    this.panes = [this.first, this.second]
    this.divider = root.querySelector(".divider")
    this.mode = "side"
    this.zoom = 1
    this.centre = [0.5, 0.5]
    this.swipe = 50
    this.outlined = false
    this.matched = false
    this.marked = false
    this.layer = 0 // of data.marks
    this.pointers = new Map()
    root.addEventListener("click", (event) => this.onClick(event))
    root.addEventListener("keydown", (event) => this.onKey(event))
    this.choice = root.querySelector("select.metric")
    this.choice.addEventListener("change", () => this.chooseMarks(this.choice.selectedIndex))
    for (const pane of this.panes) {
      pane.addEventListener("pointerdown", (event) => this.onDown(event, pane))
      pane.addEventListener("pointermove", (event) => this.onMove(event, pane))
      for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
        pane.addEventListener(end, (event) => this.onUp(event, pane))
      pane.addEventListener("wheel", (event) => this.onWheel(event, pane), { passive: false })
      pane.addEventListener("dblclick", (event) => this.onDouble(event, pane))
    }
    new ResizeObserver(() => this.draw()).observe(root)
  }

  show(data) {
    this.data = data
    this.sizes = [
      [data.before.width, data.before.height],
      [data.after.width, data.after.height],
    ]
    this.matched = this.matched && Boolean(data.matched)
    this.setPictures()
    setSource(this.root.querySelector("img.map"), data.map ? data.map.src : "")
    this.enable("swipe", data.aligned, "The photos could not be aligned")
    this.enable("map", Boolean(data.map), "There is no map for this pair")
    const toggle = this.root.querySelector('[data-action="regions"]')
    toggle.disabled = data.regions.length === 0
    const match = this.root.querySelector('[data-action="match"]')
    match.disabled = !data.matched
    match.title = data.matched ? data.matched.words : "The light of these photos is not known"
    if ((this.mode === "swipe" && !data.aligned) || (this.mode === "map" && !data.map)) this.mode = "side"
    this.writeLegend(data.map)
    this.buildOutlines(data.regions)
    this.buildMarks(data.marks || [])
    this.draw()
  }

  // The after photo as it was taken, or in the light of the before photo.
  get after() {
    return this.matched ? this.data.matched : this.data.after
  }

  setPictures() {
    for (const image of this.root.querySelectorAll("img.before")) setSource(image, this.data.before.src)
    for (const image of this.root.querySelectorAll("img.after")) setSource(image, this.after.src)
  }

  enable(mode, possible, why) {
    const button = this.root.querySelector(`[data-mode="${mode}"]`)
    button.disabled = !possible
    button.title = possible ? "" : why
  }

  writeLegend(map) {
    if (!map) return
    const put = (name, text) => (this.root.querySelector(name).textContent = text)
    put(".legend-title", map.title)
    put(".high", map.high)
    put(".low", map.low)
    put(".legend-note", map.note)
    this.root.querySelector(".ramp").style.background = `linear-gradient(to top, ${map.colours.join(", ")})`
  }

  buildOutlines(regions) {
    for (const pane of this.panes) {
      const shapes = regions.map((region) => {
        const shape = document.createElementNS(SVG, "polygon")
        if (region.treated) shape.classList.add("treated")
        return shape
      })
      pane.querySelector(".outlines").replaceChildren(...shapes)
      const names = regions.map((region) => {
        const name = document.createElement("span")
        name.textContent = region.label
        return name
      })
      pane.querySelector(".names").replaceChildren(...names)
    }
  }

  buildMarks(layers) {
    const label = layers.length && this.layers && this.layers[this.layer] ? this.layers[this.layer].label : ""
    this.layers = layers
    this.layer = Math.max(0, layers.findIndex((layer) => layer.label === label))
    this.marked = this.marked && layers.length > 0
    const toggle = this.root.querySelector('[data-action="marks"]')
    toggle.disabled = layers.length === 0
    toggle.title = layers.length ? "Key k" : "No single features were compared in this pair"
    this.choice.replaceChildren(...layers.map((layer) => new Option(layer.label)))
    this.choice.selectedIndex = layers.length ? this.layer : -1
    this.choice.hidden = layers.length < 2
    this.paintMarks()
  }

  markShapes(layer, side) {
    if (layer.paths) return layer.paths.flatMap((one) => [true, false].map((rim) => markPath(one, side, rim)))
    const image = document.createElementNS(SVG, "image")
    image.setAttribute("href", layer.images[side])
    image.setAttribute("preserveAspectRatio", "none")
    image.setAttribute("width", this.sizes[0][0])
    image.setAttribute("height", this.sizes[0][1])
    image.classList.toggle("faint", layer.faint)
    return [image]
  }

  chooseMarks(index) {
    this.layer = index
    this.marked = true
    this.paintMarks()
    this.draw()
  }

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
  }

  // Drawing

  draw() {
    if (!this.data) return
    this.stage.dataset.mode = this.mode
    for (const button of this.root.querySelectorAll(".modes button"))
      button.setAttribute("aria-pressed", String(button.dataset.mode === this.mode))
    this.root.querySelector('[data-action="regions"]').setAttribute("aria-pressed", String(this.outlined))
    this.root.querySelector('[data-action="match"]').setAttribute("aria-pressed", String(this.matched))
    this.root.querySelector('[data-action="marks"]').setAttribute("aria-pressed", String(this.marked))
    this.root.classList.toggle("marked", this.marked && this.mode !== "map")
    this.root.querySelector(".level").textContent = `${Math.round(this.zoom * 100)} %`
    this.writeTags()
    this.layOut()
    this.panes.forEach((pane) => this.place(pane))
    this.root.querySelector(".hint").textContent = this.hint()
  }

  writeTags() {
    const [left, right] = ["before", "after"].map((side) => {
      const { title } = side === "after" ? this.after : this.data.before
      const { note } = this.data[side]
      return note ? `${title} · ${note}` : title
    })
    this.first.querySelector(".tag.left").textContent = this.mode === "map" ? "" : left
    this.first.querySelector(".tag.right").textContent = right
    this.second.querySelector(".tag.left").textContent = right
    const said = { side: left, swipe: `${left}, ${right}`, map: "Map of the change of redness" }
    this.first.setAttribute("aria-label", said[this.mode])
    this.second.setAttribute("aria-label", right)
  }

  layOut() {
    const room = this.root.clientWidth
    const tallest = Math.max(TALLEST_FLOOR, window.innerHeight * TALLEST_SHARE)
    const wide = this.mode === "side" ? (room - GAP) / 2 : this.mode === "map" ? room - LEGEND : room
    const shown = this.mode === "side" ? this.sizes : this.sizes.slice(0, 1)
    const height = Math.min(tallest, ...shown.map(([width, tall]) => (wide * tall) / width))
    if (!(height > 0)) return
    this.panes.forEach((pane, index) => {
      const [width, tall] = this.sizes[index]
      pane.box = [(height * width) / tall, height]
      pane.style.width = `${pane.box[0]}px`
      pane.style.height = `${height}px`
    })
  }

  place(pane) {
    if (!pane.box) return
    const [width, height] = pane.box
    const edge = 0.5 / this.zoom
    this.centre = this.centre.map((value) => Math.min(1 - edge, Math.max(edge, value)))
    const left = width / 2 - this.centre[0] * width * this.zoom
    const top = height / 2 - this.centre[1] * height * this.zoom
    for (const move of pane.querySelectorAll(".move"))
      move.style.transform = `translate(${left}px, ${top}px) scale(${this.zoom})`
    const picture = (width * this.zoom) / this.sizes[0][0]
    for (const marks of pane.querySelectorAll("svg.marks g"))
      marks.style.transform = `translate(${left}px, ${top}px) scale(${picture})`
    pane.classList.toggle("zoomed", this.zoom > 1)
    const at = (this.swipe * width) / 100
    pane.querySelectorAll(".over").forEach((over) => (over.style.clipPath = `inset(0 0 0 ${at}px)`))
    if (pane === this.first) {
      this.divider.style.left = `${at}px`
      this.divider.setAttribute("aria-valuenow", String(Math.round(this.swipe)))
      this.divider.setAttribute("aria-valuetext", `${Math.round(this.swipe)} % before`)
    }
    this.placeOutlines(pane, ([x, y]) => [left + x * width * this.zoom, top + y * height * this.zoom])
  }

  placeOutlines(pane, onScreen) {
    const shown = this.outlined ? "" : "none"
    pane.querySelector(".outlines").style.display = shown
    pane.querySelector(".names").style.display = pane.box[0] >= NAMED_FROM ? shown : "none"
    if (!this.outlined) return
    const shapes = pane.querySelectorAll("polygon")
    const names = pane.querySelectorAll(".names span")
    this.data.regions.forEach((region, index) => {
      const points = region.points.map(onScreen)
      shapes[index].setAttribute("points", points.map((point) => point.join(",")).join(" "))
      const spread = [0, 1].map((axis) => points.map((point) => point[axis]))
      const [x, y] = spread.map((values) => (Math.min(...values) + Math.max(...values)) / 2)
      names[index].style.left = `${x}px`
      names[index].style.top = `${y}px`
      const long = Math.max(...spread[0]) - Math.min(...spread[0])
      names[index].style.display = region.treated || long > 8 * region.label.length ? "" : "none"
    })
  }

  hint() {
    if (!this.data.aligned) return "The photos are shown as they are, because they could not be aligned."
    if (this.matched && this.mode !== "map") return this.data.matched.words
    const zoom = "+ and − zoom, drag to move"
    if (this.mode === "swipe") return `Drag the divider or use the arrow keys · ${zoom}`
    return `Keys 1, 2, 3 change the view · ${zoom}`
  }

  // Acting

  setMode(mode) {
    const button = this.root.querySelector(`[data-mode="${mode}"]`)
    if (button && !button.disabled) this.mode = mode
    const focused = this.root.getRootNode().activeElement
    this.draw()
    // What is hidden now would lose the keys.
    if (this.root.contains(focused) && focused.offsetParent === null) this.first.focus({ preventScroll: true })
  }

  setSwipe(share) {
    this.swipe = Math.min(100, Math.max(0, share))
    this.place(this.first)
  }

  // Zooms so that the skin under `at` (share of the pane) stays where it is.
  zoomTo(zoom, at = [0.5, 0.5], glide = true) {
    const next = Math.min(MAX_ZOOM, Math.max(1, zoom))
    this.centre = this.centre.map((value, axis) => value + (at[axis] - 0.5) * (1 / this.zoom - 1 / next))
    this.zoom = next
    this.stage.classList.toggle("gliding", glide)
    this.draw()
  }

  pan(dx, dy) {
    this.centre = [this.centre[0] + dx / this.zoom, this.centre[1] + dy / this.zoom]
    this.stage.classList.remove("gliding")
    this.panes.forEach((pane) => this.place(pane))
  }

  onClick(event) {
    const button = event.target.closest("button")
    if (!button) return
    const { mode, action } = button.dataset
    if (mode) this.setMode(mode)
    if (action) this.act(action)
  }

  act(action) {
    if (action === "in") this.zoomTo(this.zoom * ZOOM_STEP)
    if (action === "out") this.zoomTo(this.zoom / ZOOM_STEP)
    if (action === "reset") this.zoomTo(1)
    if (action === "match" && this.data.matched) {
      this.matched = !this.matched
      this.setPictures()
      this.draw()
    }
    if (action === "marks" && this.layers.length) {
      this.marked = !this.marked
      this.draw()
    }
    if (action === "regions" && this.data.regions.length) {
      this.outlined = !this.outlined
      this.draw()
    }
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.choice) return
    const modes = { 1: "side", 2: "swipe", 3: "map" }
    const actions = { "+": "in", "=": "in", "-": "out", 0: "reset", r: "regions", m: "match", k: "marks" }
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const arrow = arrows[event.key]
    if (modes[event.key]) this.setMode(modes[event.key])
    else if (actions[event.key.toLowerCase()]) this.act(actions[event.key.toLowerCase()])
    else if (arrow && this.mode === "swipe" && arrow[0]) this.setSwipe(this.swipe + SWIPE_STEP * arrow[0])
    else if (arrow && this.zoom > 1) this.pan(arrow[0] * 0.08, arrow[1] * 0.08)
    else if (this.mode === "swipe" && event.key === "Home") this.setSwipe(0)
    else if (this.mode === "swipe" && event.key === "End") this.setSwipe(100)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  share(event, pane) {
    const box = pane.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  }

  onDown(event, pane) {
    if (event.button !== 0) return
    pane.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, this.share(event, pane))
    const onDivider = event.target.closest(".divider") !== null
    this.swiping = this.mode === "swipe" && (onDivider || this.zoom === 1) && this.pointers.size === 1
    if (this.swiping) this.setSwipe(100 * this.share(event, pane)[0])
    pane.classList.add("dragging")
  }

  onMove(event, pane) {
    const last = this.pointers.get(event.pointerId)
    if (!last) return
    const now = this.share(event, pane)
    if (this.pointers.size === 2) {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place)
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]
      const ratio = distance(now, other, pane.box) / Math.max(1, distance(last, other, pane.box))
      this.zoomTo(this.zoom * ratio, middle, false)
    } else if (this.swiping) this.setSwipe(100 * now[0])
    else this.pan(last[0] - now[0], last[1] - now[1])
    this.pointers.set(event.pointerId, now)
  }

  onUp(event, pane) {
    this.pointers.delete(event.pointerId)
    if (this.pointers.size) return
    this.swiping = false
    pane.classList.remove("dragging")
  }

  // The wheel scrolls the page unless the picture was clicked first, or is zoomed in already.
  onWheel(event, pane) {
    const active = this.root.getRootNode().activeElement
    const chosen = event.ctrlKey || this.zoom > 1 || this.root.contains(active)
    if (!chosen || (event.deltaY > 0 && this.zoom === 1)) return
    event.preventDefault()
    this.zoomTo(this.zoom * Math.exp(-event.deltaY / 400), this.share(event, pane), false)
  }

  onDouble(event, pane) {
    if (event.target.closest(".divider")) return
    this.zoomTo(this.zoom > 1 ? 1 : 2.5, this.share(event, pane))
  }
}

// A mark in its colour, on a dark rim so that it is seen on every skin.
function markPath(one, side, isRim) {
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", one[side])
  path.setAttribute("class", `${one.classes} ${isRim ? "rim" : "ink"}`)
  return path
}

function legendEntry({ state, text }) {
  const entry = document.createElement("span")
  const drawing = document.createElementNS(SVG, "svg")
  drawing.setAttribute("viewBox", "0 0 16 16")
  drawing.setAttribute("aria-hidden", "true")
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

function setSource(image, source) {
  if (!source) image.removeAttribute("src")
  else if (image.getAttribute("src") !== source) image.src = source
}

function distance(one, other, [width, height]) {
  return Math.hypot((one[0] - other[0]) * width, (one[1] - other[1]) * height)
}
