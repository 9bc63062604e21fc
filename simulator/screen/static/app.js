// Asks what is on the screen, draws it, and goes on asking.
import {state, touch} from './api.js'
import {button, h} from './dom.js'
import {deck, takeAway} from './notes.js'
import {drawPurse, drawService} from './drawers.js'
import {views} from './views.js'
import {said} from './words.js'

const glass = document.getElementById('glass')
const news = document.getElementById('news')
let shown = {key: '', update: null}
let now = null
let local = null

/** A view that only this page knows: choosing an amount. */
function go(view) {
  local = view
  draw()
}

/** Sends a touch and draws the answer; what was refused is said. */
async function send(name, facts) {
  try {
    take(await touch(name, facts))
    return true
  } catch (refusal) {
    say(said(refusal))
    return false
  }
}

function say(text) {
  news.textContent = text
  const bubble = h('p', {class: 'bubble'}, text)
  document.querySelectorAll('.bubble').forEach(old => old.remove())
  glass.append(bubble)
  setTimeout(() => bubble.remove(), 5000)
}

function take(state) {
  if (now && state.version < now.version) return
  if (state.view !== 'idle') local = null
  now = state
  draw()
}

function draw() {
  if (!now) return
  document.body.dataset.view = local ?? now.view
  drawFrame(now)
  const name = local ?? now.view
  const key = `${name} ${now.facts.txid ?? ''} ${now.facts.about ?? ''} ${now.facts.outcome ?? ''} ${now.facts.code ?? ''}`
  if (shown.key === key) {
    shown.update?.(now)
  } else {
    if (!['dispensing', 'receipt', 'working'].includes(name)) takeAway()
    deck('')
    const view = views[name](now, {send, go, say})
    glass.replaceChildren(h('div', {class: `view view--${name}`}, view.nodes))
    glass.scrollTop = 0
    shown = {key, update: view.update}
    news.textContent = view.news ?? ''
    glass.querySelector('h1')?.focus({preventScroll: true})
  }
  drawPurse(now, {send, say})
  drawService(now, {send})
}

function drawFrame({machine, service, view}) {
  document.getElementById('name').textContent = machine?.name ?? 'bitSpire'
  document.getElementById('place').textContent = machine?.location ?? ''
  document.title = machine ? `${machine.name}, bitSpire` : 'bitSpire'
  const lamp = document.getElementById('lamp')
  const [colour, words] = service.network_down || view === 'connecting'
    ? ['red', 'no network']
    : machine?.maintenance
      ? ['amber', 'maintenance']
      : machine?.active
        ? ['green', 'in service']
        : ['amber', 'out of service']
  lamp.dataset.colour = colour
  document.getElementById('lamp-says').textContent = words
}

function drawLost() {
  document.body.dataset.view = 'lost'
  shown = {key: 'lost', update: null}
  glass.replaceChildren(
    h('div', {class: 'view view--lost'},
      h('h1', {tabindex: '-1'}, 'This machine is switched off'),
      h('p', {class: 'quiet'}, 'The screen goes on by itself when its program runs again.'),
      button('Look again', () => location.reload(), {kind: 'plain'})
    )
  )
}

async function follow() {
  let version = 0
  for (;;) {
    try {
      take(await state(version))
      version = now.version
    } catch {
      if (now) drawLost()
      now = null
      version = 0
      await new Promise(done => setTimeout(done, 1500))
    }
  }
}

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return
  glass.querySelector('[data-escape]')?.click()
})

follow()
