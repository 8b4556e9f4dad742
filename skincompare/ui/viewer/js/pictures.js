// Fetches pairs and pictures. A picture is shown only once it is there, and only if nobody chose another one meanwhile.

const PAIRS_KEPT = 24
const WAIT_BEFORE_BLANK = 150 // ms: a pair that is quickly there replaces the last one without a flash

class Pairs {
  constructor() {
    this.kept = new Map()
  }

  // The viewer's dict of an entry of the list; what was fetched once is kept.
  dictOf(entry) {
    if (entry.pair) return Promise.resolve(entry.pair)
    const { url } = entry
    const known = this.kept.get(url)
    if (known) return known
    const asked = fetch(url, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return answer.json()
    })
    this.kept.set(url, asked)
    asked.catch(() => this.kept.delete(url))
    if (this.kept.size > PAIRS_KEPT) this.kept.delete(this.kept.keys().next().value)
    return asked
  }

  // Has the browser fetch a neighbour before it is asked for; what goes wrong here is told when it is chosen.
  async prefetch(entry) {
    try {
      const dict = await this.dictOf(entry)
      this.ahead = [dict.before.src, dict.after.src].map((source) => {
        const image = new Image()
        image.src = source
        return image
      })
    } catch {
      // not there: told when it is chosen
    }
  }
}

// An image element that has its picture already: it never shows another one.
async function loadedImage(source, className) {
  const image = new Image()
  image.className = className
  image.alt = ""
  image.draggable = false
  if (source) {
    image.src = source
    await image.decode()
  }
  return image
}

// Which picture stands for the after photo: as it was aligned, in the light of the before photo, or as it was taken.
function afterOf(dict, { matched, original }) {
  if (original && dict.original) return { ...dict.original, kind: "original" }
  if (matched && dict.matched) return { ...dict.matched, kind: "matched" }
  return { ...dict.after, kind: "plain" }
}

// What tells whether an entry of the list still means the same pair.
function contentOf(entry) {
  return entry.url || JSON.stringify(entry.pair)
}

// The maps of a pair; one made before there were several is taken as the only one.
function mapsOf(dict) {
  if (dict.maps && dict.maps.length) return dict.maps
  return dict.map ? [{ ...dict.map, whole: true }] : []
}

const picturesPart = {
  // Shows a pair of the list; the last one asked for wins, whatever comes first.
  async choose(id, isOwn = false) {
    const entry = this.entries.find((one) => one.id === id)
    if (!entry) return
    const changed = id !== this.current
    this.current = id
    const ticket = (this.ticket = (this.ticket || 0) + 1)
    if (changed) this.markStrip()
    const isNew = !this.seen || this.seen.entry.id !== id
    clearTimeout(this.blanker)
    if (isNew) this.blanker = setTimeout(() => this.setCondition("loading", entry), WAIT_BEFORE_BLANK)
    let loaded
    try {
      loaded = await this.loaded(entry, ticket)
    } catch {
      // told below, if nobody chose another pair meanwhile
    }
    if (ticket !== this.ticket) return
    clearTimeout(this.blanker)
    if (!loaded) return this.setCondition("error", entry)
    this.present(entry, loaded)
    if (isOwn && changed) this.tell()
    this.prefetchNeighbours()
  },

  async loaded(entry, ticket) {
    const dict = await this.pairs.dictOf(entry)
    for (;;) {
      const wanted = this.wantedOf(dict)
      const sources = [
        [dict.before.src, "before"],
        [wanted.after.src, "after"],
        [wanted.after.src, "after"],
        [wanted.map ? wanted.map.src : "", "map"],
      ]
      const images = await Promise.all(sources.map(([source, name]) => loadedImage(source, name)))
      const now = this.wantedOf(dict)
      const same = now.after.src === wanted.after.src && (now.map || {}).src === (wanted.map || {}).src
      if (same || ticket !== this.ticket) return { dict, images, ...wanted }
    }
  },

  wantedOf(dict) {
    const maps = mapsOf(dict)
    const map = maps.find((one) => one.title === this.mapTitle) || maps[0] || null
    return { after: afterOf(dict, this), map: this.mode === "map" ? map : null }
  },

  // Puts pictures, labels and overlays of one pair on the screen, all at once.
  present(entry, { dict, images, after, map }) {
    const isNew = !this.seen || this.seen.entry.id !== entry.id || this.seen.dict !== dict
    this.seen = { entry, dict, after, map, content: contentOf(entry) }
    const slots = [".first .clip:not(.over, .paint) img", ".first .over img", ".second img", ".paint img"]
    slots.forEach((slot, index) => this.root.querySelector(slot).replaceWith(images[index]))
    this.sizes = [
      [dict.before.width, dict.before.height],
      [after.width, after.height],
    ]
    if (isNew) {
      this.buildOutlines(dict.regions || [])
      this.buildMarks(dict.marks || [])
    }
    this.buildMaps()
    this.clearDetail()
    this.setCondition("ready", entry)
    this.root.dataset.shown = entry.id
    if (!this.possible(this.mode)) this.mode = "side"
    this.draw()
  },

  setCondition(condition, entry) {
    this.root.dataset.state = condition
    const label = entry.label || this.words.pair
    const sentence = { loading: this.words.loading, error: this.words.failed, ready: "" }[condition]
    this.root.querySelector(".waiting-words").textContent = fill(sentence, { label })
    this.root.querySelector('[data-action="retry"]').hidden = condition !== "error"
    if (condition !== "ready") {
      this.seen = null // nothing may be drawn on, or told, of a pair that is not on the screen
      delete this.root.dataset.shown
      this.draw()
    }
  },

  prefetchNeighbours() {
    const at = this.entries.findIndex((one) => one.id === this.current)
    for (const next of [this.entries[at + 1], this.entries[at - 1]]) if (next) this.pairs.prefetch(next)
  },
}
