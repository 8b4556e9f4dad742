// The camera with a ghost of the baseline. Frames go to the server for hints, a photo goes there to wait until it is
// kept; neither is sent anywhere else.

const FRAME_PX = 640 // longer side of a frame that is asked about
const FRAME_QUALITY = 0.7
const PHOTO_QUALITY = 0.95
const PAUSE_MS = 250 // between two frames
const READING_MS = 4000 // how long a sentence about a failure stays
const TAKE_MS = 4000 // longest wait for the camera's own still
const SHOWN_HINTS = 2
const CHOICE = "skincompare-camera"
const SVG = "http://www.w3.org/2000/svg"
const live = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".camera")
  if (!root || !data) return
  const camera = live.get(root) ?? new Camera(root)
  live.set(root, camera)
  camera.update(data, (said) => setTriggerValue("kept", said))
  return () => {
    camera.stop()
    live.delete(root)
  }
}

class Camera {
  constructor(root) {
    this.root = root
    this.part = (name) => root.querySelector(name)
    this.video = this.part("video")
    this.run = 0 // counts the starts, so that what belongs to an earlier one ends
    this.part(".shutter").onclick = () => this.take()
    this.part(".keep").onclick = () => this.keep()
    this.part(".retake").onclick = () => this.ready()
    this.part(".again").onclick = () => this.start()
    this.part(".opacity input").oninput = (event) => this.fade(event.target.value)
    this.part(".lines input").onchange = (event) => this.part(".outline").toggleAttribute("hidden", !event.target.checked)
    this.part("select").onchange = (event) => {
      remember(event.target.value)
      this.start()
    }
    root.onkeydown = (event) => this.key(event)
    this.video.onresize = () => this.shape()
  }

  update(data, keepIt) {
    const before = this.data
    this.data = data
    this.words = data.words
    this.keepIt = keepIt
    if (!before) {
      this.name()
      this.start()
    }
    if (before?.ghost !== data.ghost || before?.ticket !== data.ticket) this.lay()
    if (before && before.done !== data.done && this.state === "storing") this.ready()
    if (before && before.ticket !== data.ticket && ["taking", "preview", "storing"].includes(this.state)) this.ready()
  }

  name() {
    const label = (where, words) => (this.part(where).textContent = words)
    label(".shutter", this.words.capture)
    label(".keep", this.words.keep)
    label(".retake", this.words.retake)
    label(".again", this.words.again)
    label(".opacity span", this.words.ghost)
    label(".lines span", this.words.outline)
    label(".device span", this.words.device)
    this.part(".stage").setAttribute("aria-label", this.words.stage)
  }

  become(state) {
    this.state = state
    this.root.dataset.state = state
    const isPreview = state === "preview" || state === "storing"
    this.part(".shot").hidden = !isPreview
    this.part(".shutter").hidden = isPreview
    this.part(".shutter").disabled = state !== "ready"
    this.part(".keep").hidden = this.part(".retake").hidden = !isPreview
    this.part(".keep").disabled = this.part(".retake").disabled = state === "storing"
    this.part(".trouble").hidden = state !== "trouble"
    if (state !== "ready") this.root.dataset.match = "false"
  }

  async start() {
    this.stop()
    const run = ++this.run
    this.become("starting")
    this.say([["", this.words.starting]])
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return this.fail("insecure")
    try {
      const stream = await this.open()
      if (run !== this.run || !this.root.isConnected) return stream.getTracks().forEach((track) => track.stop())
      this.track = stream.getVideoTracks()[0]
      this.track.onended = () => run === this.run && this.fail("none")
      this.video.srcObject = stream
      await this.video.play()
    } catch (error) {
      if (run !== this.run) return
      const kinds = { NotAllowedError: "denied", SecurityError: "denied", NotReadableError: "in_use", AbortError: "in_use" }
      return this.fail(kinds[error.name] ?? "none")
    }
    this.shape()
    this.list()
    this.ready()
    this.watch(run)
  }

  open() {
    const size = { width: { ideal: 4096 }, height: { ideal: 3072 } }
    const ask = (which) => navigator.mediaDevices.getUserMedia({ video: { ...size, ...which }, audio: false })
    const chosen = remembered()
    const usual = { facingMode: { ideal: "environment" } }
    if (!chosen) return ask(usual)
    return ask({ deviceId: { exact: chosen } }).catch((error) => {
      if (error.name === "NotAllowedError") throw error
      return ask(usual)
    })
  }

  stop() {
    this.run++
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop()
    this.video.srcObject = null
    this.track = null
    this.forget()
  }

  fail(kind) {
    this.stop()
    this.say([])
    this.part(".trouble p").textContent = this.words[kind]
    this.part(".again").hidden = kind === "insecure"
    this.become("trouble")
  }

  ready() {
    const hadFocus = this.root.getRootNode().activeElement?.matches(".keep, .retake")
    this.forget()
    this.say([])
    this.become("ready")
    if (hadFocus) this.part(".shutter").focus()
  }

  forget() {
    if (this.shotAddress) URL.revokeObjectURL(this.shotAddress)
    this.shotAddress = this.sending = null
    this.part(".shot").removeAttribute("src")
  }

  async list() {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput")
    const current = this.track?.getSettings().deviceId
    const options = cameras.map((one, index) => new Option(one.label || `${this.words.device} ${index + 1}`, one.deviceId))
    this.part("select").replaceChildren(...options)
    this.part("select").value = current
    this.part(".device").hidden = cameras.length < 2
  }

  shape() {
    const { videoWidth: width, videoHeight: height } = this.video
    if (width && height) this.part(".stage").style.setProperty("--aspect", width / height)
  }

  async lay() {
    const ghost = this.part(".ghost")
    const hasGhost = Boolean(this.data.ghost)
    ghost.hidden = this.part(".opacity").hidden = !hasGhost
    if (hasGhost) ghost.src = this.data.ghost
    this.fade(this.part(".opacity input").value)
    this.part(".lines").hidden = true
    const picture = this.part(".outline")
    picture.replaceChildren()
    if (!hasGhost) return
    const address = this.data.outline
    const found = await fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null)
    if (address !== this.data.outline || !found?.lines.length) return
    picture.setAttribute("viewBox", `0 0 ${found.width} ${found.height}`)
    for (const line of found.lines) {
      const shape = document.createElementNS(SVG, "polygon")
      shape.setAttribute("points", line.map((point) => point.join(",")).join(" "))
      picture.append(shape)
    }
    this.part(".lines").hidden = false
  }

  fade(percent) {
    this.part(".ghost").style.opacity = percent / 100
  }

  async watch(run) {
    while (run === this.run) {
      const isQuiet = performance.now() < (this.quietUntil ?? 0)
      if (this.state === "ready" && !document.hidden && !isQuiet) await this.ask().catch(() => {})
      await new Promise((done) => setTimeout(done, PAUSE_MS))
    }
  }

  async ask() {
    const frame = await picture(this.video, FRAME_PX, FRAME_QUALITY)
    if (!frame) return
    const answer = await fetch(this.data.hint, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: frame })
    if (!answer.ok || this.state !== "ready") return
    const { hints } = await answer.json()
    if (!hints || this.state !== "ready") return
    const isMatch = hints.length === 0 && Boolean(this.data.ghost)
    this.root.dataset.match = String(isMatch)
    this.say(isMatch ? [["", this.words.match]] : hints.slice(0, SHOWN_HINTS).map((hint) => this.words.hints[hint] ?? ["", ""]))
  }

  say(sentences) {
    const text = sentences.map((one) => one.join(" ")).join("\n")
    const place = this.part(".said")
    if (place.dataset.text === text) return
    place.dataset.text = text
    place.replaceChildren(
      ...sentences.map(([arrow, words]) => {
        const line = document.createElement("span")
        if (arrow) {
          const sign = document.createElement("b")
          sign.setAttribute("aria-hidden", "true")
          sign.textContent = arrow
          line.append(sign)
        }
        line.append(words)
        return line
      }),
    )
  }

  async take() {
    if (this.state !== "ready") return
    const run = this.run
    this.become("taking")
    this.say([["", this.words.sending]])
    const photo = await this.largest().catch(() => null)
    if (run !== this.run) return
    if (!photo) {
      return this.lose()
    }
    this.shotAddress = URL.createObjectURL(photo)
    this.part(".shot").src = this.shotAddress
    this.sending = this.send(photo)
    this.sending.catch(() => {}) // told when somebody wants to keep it
    this.become("preview")
    this.say([["", this.words.preview]])
    this.part(".keep").focus()
  }

  // The camera's own still may be smaller than its picture: the larger of the two counts.
  async largest() {
    const frame = await picture(this.video, Infinity, PHOTO_QUALITY)
    const pixels = this.video.videoWidth * this.video.videoHeight
    if (!("ImageCapture" in window)) return frame
    try {
      const late = new Promise((_, fail) => setTimeout(() => fail(new Error("late")), TAKE_MS))
      const still = await Promise.race([new ImageCapture(this.track).takePhoto(), late])
      const bitmap = await createImageBitmap(still)
      const isLarger = still.type === "image/jpeg" && bitmap.width * bitmap.height > pixels
      bitmap.close()
      return isLarger ? still : frame
    } catch {
      return frame
    }
  }

  async send(photo) {
    const ticket = this.data.ticket
    const answer = await fetch(this.data.send, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: photo })
    if (!answer.ok) throw new Error(String(answer.status))
    return { ticket, id: (await answer.json()).id }
  }

  async keep() {
    if (this.state !== "preview") return
    const sending = this.sending
    this.become("storing")
    this.say([["", this.words.storing]])
    try {
      this.keepIt(await sending)
    } catch {
      this.lose()
    }
  }

  lose() {
    this.ready()
    this.quietUntil = performance.now() + READING_MS
    this.say([["", this.words.lost]])
  }

  key(event) {
    if (event.target.matches("button, input, select")) {
      if (event.key === "Escape" && this.state === "preview") this.ready()
      return
    }
    if (event.key !== " " && event.key !== "Enter") return
    event.preventDefault()
    if (this.state === "ready") this.take()
    else if (this.state === "preview") this.keep()
  }
}

async function picture(video, longest, quality) {
  const { videoWidth: width, videoHeight: height } = video
  if (!width || !height) return null
  const factor = Math.min(1, longest / Math.max(width, height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(width * factor)
  canvas.height = Math.round(height * factor)
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height)
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality))
}

function remembered() {
  try {
    return localStorage.getItem(CHOICE)
  } catch {
    return null
  }
}

function remember(device) {
  try {
    localStorage.setItem(CHOICE, device)
  } catch {
    // a browser that keeps nothing asks again
  }
}
