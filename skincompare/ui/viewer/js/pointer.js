// Mouse, pen and fingers: drag, pinch, wheel, double click; and presses that set a place while something is marked.

const DRAG_FROM = 6 // px: a shorter movement is a press

const pointerPart = {
  listen() {
    for (const pane of this.panes) {
      pane.addEventListener("pointerdown", (event) => this.onDown(event, pane))
      pane.addEventListener("pointermove", (event) => this.onMove(event, pane))
      for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
        pane.addEventListener(end, (event) => this.onUp(event, pane))
      pane.addEventListener("wheel", (event) => this.onWheel(event, pane), { passive: false })
      pane.addEventListener("dblclick", (event) => this.onDouble(event, pane))
    }
  },

  share(event, pane) {
    const box = pane.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  },

  onDown(event, pane) {
    if (event.button !== 0 || !this.seen || event.target === this.noteInput) return
    pane.setPointerCapture(event.pointerId)
    const at = this.share(event, pane)
    this.pointers.set(event.pointerId, at)
    this.lastPane = pane
    this.pressed = { at, pane, moved: false, began: false }
    const onDivider = event.target.closest(".divider") !== null
    const isFree = this.mode === "swipe" && !this.marking && this.pointers.size === 1
    this.swiping = isFree && (onDivider || this.viewOf(pane).zoom === 1)
    if (this.swiping) this.setSwipe(100 * at[0])
    if (this.isDrawing() && this.pointers.size === 1 && !this.draft) {
      this.placeNote(pane, underPane(this.viewOf(pane), at))
      this.pressed.began = true
    }
    pane.classList.add("dragging")
  },

  isDrawing() {
    return this.marking === "arrow" || this.marking === "circle"
  },

  onMove(event, pane) {
    const last = this.pointers.get(event.pointerId)
    if (!last || !this.seen) return
    const now = this.share(event, pane)
    if (this.pressed && distance(this.pressed.at, now, pane.box) > DRAG_FROM) this.pressed.moved = true
    this.pointers.set(event.pointerId, now)
    if (this.pointers.size === 2) this.pinch(event, pane, last, now)
    else if (this.swiping) this.setSwipe(100 * now[0])
    else if (this.isDrawing()) this.stretchDraft(underPane(this.viewOf(pane), now))
    else if (event.shiftKey && !this.marking) this.dragAfter(pane, last, now)
    else this.pan(pane, last[0] - now[0], last[1] - now[1])
  },

  pinch(event, pane, last, now) {
    this.draft = null // two fingers zoom, they draw nothing
    if (this.pressed) this.pressed.moved = true
    const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place)
    const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]
    const ratio = distance(now, other, pane.box) / Math.max(1, distance(last, other, pane.box))
    this.zoomTo(this.viewOf(pane).zoom * ratio, middle, false, pane)
    this.pan(pane, (last[0] - now[0]) / 2, (last[1] - now[1]) / 2)
  },

  dragAfter(pane, last, now) {
    const perShare = [0, 1].map((axis) => this.sizes[0][axis] / this.viewOf(pane).zoom)
    this.nudge([0, 1].map((axis) => (now[axis] - last[axis]) * perShare[axis]))
  },

  onUp(event, pane) {
    const at = this.pointers.get(event.pointerId)
    this.pointers.delete(event.pointerId)
    if (at && event.type === "pointerup" && this.pressed && this.seen) this.onPressed(pane, at)
    if (this.pointers.size) return
    this.swiping = false
    this.pressed = null
    pane.classList.remove("dragging")
  },

  // A press sets a place; a drag draws from its beginning to its end.
  onPressed(pane, at) {
    const { moved, began } = this.pressed
    const place = underPane(this.viewOf(pane), at)
    if (this.isDrawing()) {
      if (this.draft && (moved || !began)) this.placeNote(pane, place)
    } else if (this.marking && !moved) {
      this.cursor = null
      this.placeAt(pane, place)
      this.drawCursors()
    }
  },

  // The wheel scrolls the page unless the picture was clicked first, or is zoomed in already.
  onWheel(event, pane) {
    const active = this.root.getRootNode().activeElement
    const { zoom } = this.viewOf(pane)
    const chosen = event.ctrlKey || zoom > 1 || this.root.contains(active)
    if (!this.seen || !chosen || (event.deltaY > 0 && zoom === 1)) return
    event.preventDefault()
    this.zoomTo(zoom * Math.exp(-event.deltaY / 400), this.share(event, pane), false, pane)
  },

  onDouble(event, pane) {
    if (event.target.closest(".divider") || this.marking || !this.seen) return
    this.zoomTo(this.viewOf(pane).zoom > 1 ? 1 : 2.5, this.share(event, pane), true, pane)
  },
}
