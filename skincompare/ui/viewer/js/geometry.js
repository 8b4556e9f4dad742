// Sizes, steps and plain geometry. Places are shares (x, y) of a picture, unless they are said to be pixels.

const MODES = ["side", "swipe", "onion", "blink", "difference", "map"]
const MAX_ZOOM = 12
const ZOOM_STEP = 1.25
const PAN_STEP = 0.08 // of the pane, one arrow key
const SWIPE_STEP = 2 // per cent of the picture's width, one arrow key
const TALLEST_SHARE = 0.7 // of the window's height
const TALLEST_FLOOR = 320 // px: not smaller in a low window
const FULL_SCREEN_ROOM = 190 // px: what stands above and below the pictures on the full screen
const GAP = 10 // px, as in the style sheet
const LEGEND = 128 + GAP // px
const NAMED_FROM = 210 // px: a narrower picture shows outlines without names
const SVG = "http://www.w3.org/2000/svg"

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value))
}

function distance(one, other, [width, height]) {
  return Math.hypot((one[0] - other[0]) * width, (one[1] - other[1]) * height)
}

function rounded(value, digits) {
  return Number(value.toFixed(digits))
}

// Keeps what is seen inside the picture.
function fitted(view) {
  const edge = 0.5 / view.zoom
  view.centre = view.centre.map((value) => clamp(value, edge, 1 - edge))
  return view
}

// Zooms so that the skin under `at` (share of the pane) stays where it is.
function zoomAt(view, zoom, at) {
  const next = clamp(zoom, 1, MAX_ZOOM)
  view.centre = view.centre.map((value, axis) => value + (at[axis] - 0.5) * (1 / view.zoom - 1 / next))
  view.zoom = next
  return fitted(view)
}

// Where the picture's top-left corner lies in a pane, and how large the picture is there, px.
function placed(view, [width, height]) {
  return {
    left: width / 2 - view.centre[0] * width * view.zoom,
    top: height / 2 - view.centre[1] * height * view.zoom,
    width: width * view.zoom,
    height: height * view.zoom,
  }
}

// The place of the picture under a place of the pane, both as shares.
function underPane(view, at) {
  return [0, 1].map((axis) => view.centre[axis] + (at[axis] - 0.5) / view.zoom)
}

// Left, top, right and bottom of what is seen of a picture, with a margin, as shares.
function seenPart(view, margin) {
  const half = 0.5 / view.zoom + margin / view.zoom
  const [x, y] = view.centre
  return [clamp(x - half, 0, 1), clamp(y - half, 0, 1), clamp(x + half, 0, 1), clamp(y + half, 0, 1)]
}

function boundsOf(points) {
  const across = [0, 1].map((axis) => points.map((point) => point[axis]))
  return [Math.min(...across[0]), Math.min(...across[1]), Math.max(...across[0]), Math.max(...across[1])]
}

// The matrix (a, b, c, d, e, f) of a canvas that brings three points onto three others.
function affine([p, q, r], [u, v, w]) {
  const [x1, y1, x2, y2] = [q[0] - p[0], q[1] - p[1], r[0] - p[0], r[1] - p[1]]
  const area = x1 * y2 - x2 * y1
  if (!area) return null
  const column = (axis) => {
    const [s, t] = [v[axis] - u[axis], w[axis] - u[axis]]
    return [(s * y2 - t * y1) / area, (t * x1 - s * x2) / area]
  }
  const [[a, c], [b, d]] = [column(0), column(1)]
  return [a, b, c, d, u[0] - a * p[0] - c * p[1], u[1] - b * p[0] - d * p[1]]
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

function svgPart(name, attributes) {
  const part = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value)
  return part
}

function textPart(name, className, words) {
  const part = document.createElement(name)
  part.className = className
  part.textContent = words
  return part
}
