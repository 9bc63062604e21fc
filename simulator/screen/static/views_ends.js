// Where a customer begins and ends: the first screen, waiting, the receipt, and what went wrong.
import {ICONS, button, h, icon, qr} from './dom.js'
import {fiat, price, sats} from './money.js'
import {comeOut, deck} from './notes.js'
import {heldFor, sorry as sorryFor} from './words.js'

/** The first screen. */
export function idle(state, {go, send}) {
  const rate = h('strong')
  const off = h('p', {class: 'banner', role: 'note'})
  const cash = choice('Get cash', ICONS.notes, 'cash', () => go('amount'))
  const coins = choice('Get bitcoin', ICONS.bolt, 'coins', () => send('buy'))

  function update({machine}) {
    const empty = !machine.notes.some(([, count]) => count)
    rate.textContent = `${price(machine.price)} ${machine.currency}`
    off.textContent = machine.active ? (machine.maintenance ? 'Maintenance: what you do here is a test.' : '') : 'Out of service: the operator has switched this machine off.'
    off.hidden = !off.textContent
    cash.element.disabled = empty || !machine.active
    coins.element.disabled = !machine.active
    cash.words.textContent = empty ? 'Out of notes' : 'Pay with Lightning, take banknotes'
    coins.words.textContent = 'Insert banknotes, receive sats'
    cash.fee.textContent = `${machine.cash_out_fee} %`
    coins.fee.textContent = `${machine.cash_in_fee} %`
  }

  update(state)
  return {
    update,
    nodes: [
      h('h1', {tabindex: '-1', class: 'hello'}, 'What would you like?'),
      off,
      h('div', {class: 'choices'}, cash.element, coins.element),
      h('p', {class: 'ticker'}, h('span', {}, '1 bitcoin'), rate)
    ]
  }
}

function choice(title, path, kind, onclick) {
  const words = h('span', {class: 'choice__words'})
  const fee = h('span', {class: 'choice__fee'})
  const element = h('button', {type: 'button', class: `choice choice--${kind}`, onclick},
    h('span', {class: 'choice__icon'}, icon(path)), h('span', {class: 'choice__title'}, title), words,
    h('span', {class: 'choice__foot'}, 'commission ', fee))
  return {element, words, fee}
}

const WORKING = {
  one_moment: ['One moment', ''],
  making_link: ['Counting', 'Your link is being made.'],
  no_answer: ['No answer yet', 'Your notes are safe and counted. The machine goes on asking.']
}

export function working({facts, machine}) {
  const [title, words] = WORKING[facts.about] ?? WORKING.one_moment
  return {
    news: title,
    nodes: [h('div', {class: 'centre'}, h('span', {class: 'spinner', 'aria-hidden': 'true'}), h('h1', {tabindex: '-1'}, title),
      facts.minor ? h('p', {class: 'figure'}, fiat(facts.minor, machine)) : null, h('p', {class: 'quiet narrow'}, words))]
  }
}

export function connecting() {
  return {nodes: [h('div', {class: 'centre'}, h('span', {class: 'spinner', 'aria-hidden': 'true'}), h('h1', {tabindex: '-1'}, 'Starting'),
    h('p', {class: 'quiet'}, 'The machine asks its server what it may do.'))]}
}

/** A machine that nobody knows takes a pairing's address. */
export function unpaired({service}, {send}) {
  const field = h('input', {id: 'address', class: 'field', autocomplete: 'off', spellcheck: 'false', placeholder: 'https://…/pair#7K3M-…', required: true})
  return {
    nodes: [h('form', {class: 'centre', onsubmit: event => { event.preventDefault(); send('pair', {address: field.value}) }},
      h('p', {class: 'stamp stamp--wait'}, icon(ICONS.link), 'Not paired'),
      h('h1', {tabindex: '-1'}, 'Whose machine is this?'),
      h('label', {class: 'quiet narrow', for: 'address'}, 'The operator makes a pairing code on the machine’s page. Paste its address here.'),
      field, button('Pair', null, {kind: 'main', type: 'submit'}),
      h('p', {class: 'small mono'}, service.npub))]
  }
}

const OUTCOMES = {
  complete: ['good', 'check', 'Thank you', ''],
  paid: ['good', 'check', 'Your sats are there', ''],
  partial: ['wait', 'warn', 'Not all notes came out', 'The operator has been told what is missing. Keep this receipt.'],
  failed: ['bad', 'warn', 'No notes came out', 'You have paid. The operator has been told, and owes you the amount. Keep this receipt.'],
  offered: ['wait', 'link', 'Take your link along', 'Scan it whenever you like: it pays once.'],
  held: ['wait', 'clock', 'Your notes are counted', ''],
  over: ['wait', 'warn', 'This is over', 'Keep this receipt, and ask the operator.']
}

const STAMPS = {complete: 'Paid out', paid: 'Received', partial: 'Incomplete', failed: 'Jammed', offered: 'Your link', held: 'Held for the operator'}

export function receipt({facts, machine}, {send}) {
  const [kind, mark, title, words] = OUTCOMES[facts.outcome] ?? OUTCOMES.over
  const gave = facts.tx_type === 'cash_out'
  if (gave) deck(facts.given_minor ? 'Take your notes' : '', facts.outcome === 'complete' ? 'on' : 'fault')
  comeOut(facts.given, facts.given.length, machine)
  const figure = gave ? fiat(facts.given_minor, machine) : `${sats(facts.wire_sats)} sats`
  return {
    news: `${title}. ${words}`,
    nodes: [h('div', {class: 'split split--receipt'},
      h('div', {class: 'split__words'},
        h('p', {class: `stamp stamp--${kind}`}, icon(ICONS[mark]), STAMPS[facts.outcome] ?? facts.outcome),
        h('h1', {tabindex: '-1'}, title),
        h('p', {class: 'figure'}, figure),
        h('p', {class: 'quiet'}, facts.outcome === 'held' ? heldFor(facts.waits_for) : words),
        facts.is_told ? null : h('p', {class: 'limit'}, 'The network is away; the machine reports this as soon as it is back.'),
        button('Done', () => send('leave'), {kind: 'main', 'data-escape': true})),
      slip(facts))]
  }
}

function slip(facts) {
  const lines = facts.lines.map(([label, value]) => [h('dt', {}, label), h('dd', {}, value)])
  return h('div', {class: 'slip'}, h('p', {class: 'slip__title'}, 'RECEIPT'), h('dl', {}, lines),
    facts.qr ? h('div', {class: 'slip__code'}, qr(facts.qr, 'The link as a QR code'), h('p', {}, 'scan to receive your sats')) : null)
}

export function expired(_state, {send}) {
  return {
    news: 'Nobody paid in time.',
    nodes: [h('div', {class: 'centre'}, h('p', {class: 'stamp stamp--wait'}, icon(ICONS.clock), 'Too late'),
      h('h1', {tabindex: '-1'}, 'Nobody paid in time'), h('p', {class: 'quiet narrow'}, 'Nothing was charged. Do not pay that invoice any more: begin anew.'),
      button('Back', () => send('leave'), {kind: 'main', 'data-escape': true}))]
  }
}

export function sorry({facts, machine}, {send}) {
  const [title, words] = sorryFor(facts.code, facts.detail)
  const left = facts.fields.left && machine ? ` Left: ${facts.fields.left} ${machine.currency}.` : ''
  return {
    news: `${title}. ${words}`,
    nodes: [h('div', {class: 'centre'}, h('p', {class: 'stamp stamp--bad'}, icon(ICONS.warn), 'Sorry'),
      h('h1', {tabindex: '-1'}, title), h('p', {class: 'quiet narrow'}, words + left),
      h('p', {class: 'small mono'}, facts.code),
      button('Back', () => send('leave'), {kind: 'main', 'data-escape': true}))]
  }
}
