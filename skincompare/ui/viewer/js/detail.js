// The photos at full resolution where they are zoomed into: cut out by the server, laid over what is seen already.
// The before photo is laid straight; the after photo is bent piece by piece, as the alignment says.

const SHARPER_FROM = 1.2 // screen pixels for a pixel of the picture, from which more detail is asked for
const DETAIL_WAIT = 180 // ms without movement before it is asked for
const DETAIL_MARGIN = 0.12 // of what is seen, so that a short drag needs nothing new
const LONGEST_CUT = 2400 // px, of what is asked for
const OVERLAP = 0.6 // px by which neighbouring pieces cover each other: no seams
const GRID_PER_PX = 2 // units of the grid's numbers in a pixel of the photo

function requestOf(address, [left, top, right, bottom], longest) {
  const [x, y] = [Math.floor(left), Math.floor(top)]
  const [width, height] = [Math.ceil(right) - x, Math.ceil(bottom) - y]
  const size = Math.min(longest, Math.max(width, height))
  const query = new URLSearchParams({ left: x, top: y, width, height, longest: Math.ceil(size) })
  return { url: `${address}/crop?${query}`, box: [x, y, x + width, y + height] }
}

const grids = new WeakMap()

// Where a corner of the grid lies in the after photo, px from the photo's corner.
function gridPoint(grid, column, row) {
  if (!grids.has(grid)) {
    const [points, at] = [[], [0, 0]]
    grid.steps.forEach((step, index) => {
      at[index % 2] += step / GRID_PER_PX
      if (index % 2) points.push([...at])
    })
    grids.set(grid, points)
  }
  return grids.get(grid)[clamp(row, 0, grid.rows - 1) * grid.columns + clamp(column, 0, grid.columns - 1)]
}

const detailPart = {
  clearDetail() {
    this.detailTicket = (this.detailTicket || 0) + 1
    for (const canvas of this.root.querySelectorAll("canvas.detail")) canvas.remove()
  },

  // Called whenever the view moved; asks once it stands still.
  wantDetail() {
    clearTimeout(this.detailTimer)
    const full = this.seen && this.seen.dict.full
    if (!full || !full.before) return
    this.detailTimer = setTimeout(() => this.askDetail(full), DETAIL_WAIT)
  },

  async askDetail(full) {
    if (!this.seen || this.mode === "map") return
    const ticket = (this.detailTicket = (this.detailTicket || 0) + 1)
    const shownOnFirst = this.mode !== "side"
    for (const pane of shownOnFirst ? [this.first] : this.panes) {
      const view = this.viewOf(pane)
      const sharp = (pane.box[0] * view.zoom * devicePixelRatio) / this.sizes[0][0]
      if (sharp < SHARPER_FROM) continue
      const part = seenPart(view, DETAIL_MARGIN)
      const longest = Math.min(LONGEST_CUT, Math.max(...pane.box) * devicePixelRatio * 1.3)
      if (pane === this.first) this.drawBefore(full, part, longest, ticket)
      const isPlain = this.seen.after.kind === "plain"
      if ((pane === this.second || shownOnFirst) && isPlain && full.after && full.grid)
        this.drawAfter(full, part, longest, ticket, pane)
    }
  },

  async cut(address, box, longest) {
    const request = requestOf(address, box, longest)
    const image = new Image()
    image.src = request.url
    await image.decode()
    return { image, box: request.box }
  },

  // The part of the before photo, in its place over the picture.
  async drawBefore(full, part, longest, ticket) {
    const [left, top, width, height] = full.place
    const box = [left + part[0] * width, top + part[1] * height, left + part[2] * width, top + part[3] * height]
    try {
      const got = await this.cut(full.before, this.within(box, full.width, full.height), longest)
      if (ticket !== this.detailTicket) return
      const [l, t, r, b] = got.box
      const where = [(l - left) / width, (t - top) / height, (r - left) / width, (b - top) / height]
      const canvas = this.detailCanvas(this.first.querySelector(".clip:not(.over, .paint) .move"), where)
      Object.assign(canvas, { width: got.image.naturalWidth, height: got.image.naturalHeight })
      canvas.getContext("2d").drawImage(got.image, 0, 0)
    } catch {
      // the picture that is there already stays
    }
  },

  // The part of the after photo, bent piece by piece onto the before photo's picture.
  async drawAfter(full, part, longest, ticket, pane) {
    const { columns, rows } = full.grid
    const low = [Math.floor(part[0] * (columns - 1)), Math.floor(part[1] * (rows - 1))]
    const high = [Math.ceil(part[2] * (columns - 1)), Math.ceil(part[3] * (rows - 1))]
    const corners = []
    for (let row = low[1]; row <= high[1]; row += 1)
      for (let column = low[0]; column <= high[0]; column += 1) corners.push(gridPoint(full.grid, column, row))
    const box = this.within(boundsOf(corners), full.after_width, full.after_height)
    if (box[2] - box[0] < 2 || box[3] - box[1] < 2) return
    try {
      const got = await this.cut(full.after, box, longest)
      if (ticket !== this.detailTicket || !this.seen || this.seen.after.kind !== "plain") return
      const where = [low[0] / (columns - 1), low[1] / (rows - 1), high[0] / (columns - 1), high[1] / (rows - 1)]
      const home = pane === this.second ? this.second : this.first.querySelector(".over")
      const canvas = this.detailCanvas(home.querySelector(".move"), where)
      this.bend(canvas, got, full, low, high, longest)
    } catch {
      // the picture that is there already stays
    }
  },

  within([left, top, right, bottom], width, height) {
    return [clamp(left, 0, width), clamp(top, 0, height), clamp(right, 0, width), clamp(bottom, 0, height)]
  },

  detailCanvas(home, [left, top, right, bottom]) {
    home.querySelectorAll("canvas.detail").forEach((old) => old.remove())
    const canvas = document.createElement("canvas")
    canvas.className = "detail"
    const per = (share) => `${100 * share}%`
    Object.assign(canvas.style, { left: per(left), top: per(top), width: per(right - left), height: per(bottom - top) })
    home.append(canvas)
    return canvas
  },

  bend(canvas, { image, box }, full, low, high, longest) {
    const [across, down] = [high[0] - low[0], high[1] - low[1]]
    const { columns, rows } = full.grid
    const aspect = ((down / (rows - 1)) * this.sizes[0][1]) / ((across / (columns - 1)) * this.sizes[0][0])
    const width = Math.round(longest / Math.max(1, aspect))
    Object.assign(canvas, { width, height: Math.max(1, Math.round(width * aspect)) })
    const context = canvas.getContext("2d")
    context.imageSmoothingQuality = "high"
    const scale = [image.naturalWidth / (box[2] - box[0]), image.naturalHeight / (box[3] - box[1])]
    const from = (column, row) =>
      gridPoint(full.grid, low[0] + column, low[1] + row).map((one, axis) => (one - box[axis]) * scale[axis])
    const to = (column, row) => [(column / across) * canvas.width, (row / down) * canvas.height]
    for (let row = 0; row < down; row += 1)
      for (let column = 0; column < across; column += 1) {
        const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([x, y]) => from(column + x, row + y))
        this.bendPiece(context, image, corners, [...to(column, row), canvas.width / across, canvas.height / down])
      }
  },

  // Lays the part of the photo between four corners onto an upright piece of the picture.
  bendPiece(context, image, [a, b, c, d], [left, top, width, height]) {
    const middle = [0, 1].map((axis) => (a[axis] + b[axis] + c[axis] + d[axis]) / 4)
    const beside = [0, 1].map((axis) => middle[axis] + (b[axis] - a[axis] + c[axis] - d[axis]) / 4)
    const below = [0, 1].map((axis) => middle[axis] + (d[axis] - a[axis] + c[axis] - b[axis]) / 4)
    const [x, y] = [left + width / 2, top + height / 2]
    const matrix = affine([middle, beside, below], [[x, y], [left + width, y], [x, top + height]])
    if (!matrix) return
    const [l, t, r, e] = boundsOf([a, b, c, d])
    const [sx, sy] = [Math.max(0, Math.floor(l) - 2), Math.max(0, Math.floor(t) - 2)]
    const size = [Math.min(image.naturalWidth, r + 3) - sx, Math.min(image.naturalHeight, e + 3) - sy]
    if (size[0] <= 0 || size[1] <= 0) return
    context.save()
    context.beginPath()
    context.rect(left - OVERLAP, top - OVERLAP, width + 2 * OVERLAP, height + 2 * OVERLAP)
    context.clip()
    context.transform(...matrix)
    context.drawImage(image, sx, sy, ...size, sx, sy, ...size)
    context.restore()
  },
}
