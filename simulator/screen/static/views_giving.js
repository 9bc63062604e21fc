// Get cash: which notes, the invoice, the notes.
import {preview} from './api.js'
import {ICONS, button, h, icon, qr, s} from './dom.js'
import {clock, fiat, plainFiat, sats} from './money.js'
import {banknote, comeOut, deck} from './notes.js'

const MOST_NOTES = 40
const RING = 2 * Math.PI * 20

/** Choosing banknotes. Lives in this page alone; the machine hears of it when it is decided. */
export function amount(state, {go, send}) {
  const machine = state.machine
  const chosen = new Map()
  let asked = 0
  const total = () => [...chosen].reduce((sum, [minor, count]) => sum + minor * count, 0)
  const pieces = () => [...chosen.values()].reduce((sum, count) => sum + count, 0)

  const sum = h('output', {class: 'total__sum'})
  const cost = h('p', {class: 'total__cost'})
  const next = button('Continue', () => send('sell', {notes: [...chosen].filter(([, count]) => count)}), {kind: 'main'})
  const clear = button('Clear', () => choose(new Map()), {kind: 'quiet'})
  const rows = machine.notes.map(([minor, count]) => noteButton(minor, count))
  const quick = [2000, 5000, 10000, 20000].filter(minor => spread(minor, machine.notes)).map(minor =>
    button(fiat(minor, machine), () => choose(spread(minor, machine.notes)), {kind: 'chip'})
  )

  function noteButton(minor, count) {
    const badge = h('span', {class: 'pick__count'})
    const add = h(
      'button',
      {type: 'button', class: 'pick__add', onclick: () => step(minor, 1), 'aria-label': `One more note of ${fiat(minor, machine)}`},
      banknote(minor, machine), badge
    )
    const less = h('button', {type: 'button', class: 'pick__less', onclick: () => step(minor, -1), 'aria-label': `One note of ${fiat(minor, machine)} less`}, '−')
    const row = h('div', {class: 'pick'}, add, less)
    return {row, draw() {
      const mine = chosen.get(minor) ?? 0
      badge.textContent = mine ? `× ${mine}` : ''
      less.hidden = !mine
      add.disabled = mine >= count || pieces() >= MOST_NOTES
      row.classList.toggle('pick--empty', !count)
    }}
  }

  function step(minor, by) {
    chosen.set(minor, Math.max(0, (chosen.get(minor) ?? 0) + by))
    draw()
  }

  function choose(notes) {
    chosen.clear()
    for (const [minor, count] of notes) chosen.set(minor, count)
    draw()
  }

  async function draw() {
    rows.forEach(row => row.draw())
    const minor = total()
    const beyond = machine.most_minor !== null && minor > machine.most_minor
    sum.textContent = fiat(minor, machine)
    next.disabled = !minor || beyond
    clear.hidden = !minor
    asked += 1
    const question = asked
    cost.textContent = beyond ? `At most ${fiat(machine.most_minor, machine)} at once` : minor ? '…' : 'Tap the banknotes that you want'
    if (!minor || beyond) return
    const quote = await preview(minor).catch(() => null)
    if (quote && question === asked) cost.textContent = `${sats(quote.wire_sats)} sats, with ${sats(quote.fee_sats)} commission`
  }

  draw()
  return {
    nodes: [
      h('div', {class: 'head'}, button(icon(ICONS.back), () => go(null), {kind: 'back', 'aria-label': 'Back', 'data-escape': true}),
        h('h1', {tabindex: '-1'}, 'How much cash?')),
      h('div', {class: 'chips'}, quick),
      h('div', {class: 'picks'}, rows.map(row => row.row)),
      h('div', {class: 'total'}, h('div', {}, sum, cost), h('div', {class: 'total__go'}, clear, next))
    ]
  }
}

/** Notes for an amount, the largest first; null where that does not come out even. */
function spread(minor, notes) {
  const found = new Map()
  let left = minor
  for (const [value, count] of notes) {
    const some = Math.min(count, Math.floor(left / value))
    if (some) found.set(value, some)
    left -= some * value
  }
  return left ? null : found
}

/** The invoice, and how long it is good for. */
export function pay({facts, machine}, {send, say}) {
  const ring = s('circle', {class: 'ring__left', cx: 24, cy: 24, r: 20, 'stroke-dasharray': RING})
  const left = h('span', {class: 'ring__time'})
  const until = performance.now() + (facts.seconds_left ?? 0) * 1000
  const whole = Math.max(1, facts.seconds_left ?? 1)
  const timer = setInterval(() => (left.isConnected ? tick() : clearInterval(timer)), 500)

  function tick() {
    const seconds = (until - performance.now()) / 1000
    left.textContent = clock(seconds)
    ring.setAttribute('stroke-dashoffset', RING * (1 - Math.max(0, seconds) / whole))
  }

  tick()
  deck('Banknotes', 'waits')
  return {
    news: `Pay ${facts.wire_sats} sats to get ${fiat(facts.minor, machine)}.`,
    nodes: [
      h('div', {class: 'split'},
        h('div', {class: 'split__code'}, qr(facts.qr, 'The invoice as a QR code')),
        h('div', {class: 'split__words'},
          h('h1', {tabindex: '-1', class: 'eyebrow'}, 'Scan and pay'),
          h('p', {class: 'figure'}, sats(facts.wire_sats), h('small', {}, 'sats')),
          h('p', {class: 'quiet'}, `for ${fiat(facts.minor, machine)} in cash`),
          h('div', {class: 'ring'},
            s('svg', {viewBox: '0 0 48 48', 'aria-hidden': 'true'}, s('circle', {class: 'ring__whole', cx: 24, cy: 24, r: 20}), ring),
            h('p', {}, left, h('span', {class: 'quiet'}, 'waiting for your payment'))),
          h('div', {class: 'row'}, copy(facts.text, 'Copy the invoice', say),
            button('Cancel', () => send('leave'), {kind: 'quiet', 'data-escape': true}))))
    ]
  }
}

/** A button that copies; where the browser does not let it, the text is shown to be copied by hand. */
export function copy(text, label, say) {
  return h('button', {type: 'button', class: 'button button--plain', onclick: async () => {
    try {
      await navigator.clipboard.writeText(text)
      say('Copied')
    } catch {
      window.prompt(label, text)
    }
  }}, icon(ICONS.copy), label)
}

/** Notes are coming out. */
export function dispensing(state) {
  const {facts, machine} = state
  const count = h('p', {class: 'figure'})
  const marks = facts.notes.map(minor => h('li', {}, plainFiat(minor, machine.digits)))

  function update({facts: news}) {
    comeOut(news.notes, news.given, machine)
    count.replaceChildren(`${news.given}`, h('small', {}, `of ${news.notes.length} notes`))
    marks.forEach((mark, number) => mark.classList.toggle('done', number < news.given))
  }

  deck('Take your notes', 'on')
  update(state)
  return {
    update,
    news: `Paid. ${facts.notes.length} notes are coming out.`,
    nodes: [
      h('div', {class: 'centre'},
        h('p', {class: 'stamp stamp--good'}, icon(ICONS.check), 'Paid'),
        h('h1', {tabindex: '-1'}, 'Your notes are coming'),
        count,
        h('ul', {class: 'marks', 'aria-hidden': 'true'}, marks))
    ]
  }
}
