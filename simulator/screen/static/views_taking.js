// Get bitcoin: note by note, the link, and the operator's leave where it is needed.
import {touch} from './api.js'
import {ICONS, button, h, icon, qr} from './dom.js'
import {fiat, sats} from './money.js'
import {banknote, deck, goIn} from './notes.js'
import {copy} from './views_giving.js'
import {heldFor, said} from './words.js'

/** Notes go in, one by one: whoever stands here taps what would be put into the slot. */
export function insert(state, {send, say}) {
  const machine = state.machine
  const sum = h('output', {class: 'figure'})
  const get = h('p', {class: 'quiet'})
  const most = h('p', {class: 'limit'})
  const finish = button('', () => send('done'), {kind: 'main', 'data-escape': true})
  const notes = machine.accepted.map(minor =>
    h('button', {type: 'button', class: 'pick__add', 'data-minor': minor, onclick: () => feed(minor), 'aria-label': `Put in a note of ${fiat(minor, machine)}`},
      banknote(minor, machine))
  )
  let feeding = Promise.resolve()

  // one after the other, as a slot takes them
  function feed(minor) {
    feeding = feeding.then(async () => {
      if (!sum.isConnected) return
      try {
        await goIn(minor, machine, touch('insert', {minor}))
      } catch (refusal) {
        say(said(refusal))
      }
    })
  }

  function update({facts}) {
    const {minor, wire_sats, fee_sats, taken, left_minor} = facts
    sum.textContent = fiat(minor, machine)
    get.textContent = minor ? `You get ${sats(wire_sats)} sats; ${sats(fee_sats)} are commission` : 'Tap a banknote to put it in'
    const inside = taken.length ? `${taken.length} ${taken.length === 1 ? 'note' : 'notes'} in` : ''
    const room = left_minor === null ? '' : `up to ${fiat(left_minor, machine)} more`
    most.textContent = [inside, room].filter(Boolean).join(', ')
    finish.textContent = taken.length ? 'That is all' : 'Cancel'
    finish.className = `button button--${taken.length ? 'main' : 'quiet'}`
    notes.forEach(note => { note.disabled = left_minor !== null && Number(note.dataset.minor) > left_minor })
  }

  deck('Insert notes here', 'on')
  update(state)
  return {
    update,
    news: 'Put your banknotes in, one by one.',
    nodes: [
      h('div', {class: 'head'}, h('h1', {tabindex: '-1'}, 'Insert your notes'), most),
      h('div', {class: 'picks picks--in'}, notes.map(note => h('div', {class: 'pick'}, note))),
      h('div', {class: 'total'}, h('div', {}, sum, get), h('div', {class: 'total__go'}, finish))
    ]
  }
}

/** The link to the customer's sats. */
export function claim({facts, machine}, {send, say}) {
  deck('')
  return {
    news: `Scan the code to receive ${facts.wire_sats} sats.`,
    nodes: [
      h('div', {class: 'split'},
        h('div', {class: 'split__code'}, qr(facts.qr, 'The link as a QR code')),
        h('div', {class: 'split__words'},
          h('h1', {tabindex: '-1', class: 'eyebrow'}, 'Scan and receive'),
          h('p', {class: 'figure'}, sats(facts.wire_sats), h('small', {}, 'sats')),
          h('p', {class: 'quiet'}, `for ${fiat(facts.minor, machine)}`),
          h('p', {class: 'pulse'}, h('span', {class: 'pulse__dot'}), 'waiting for your wallet'),
          h('div', {class: 'row'}, copy(facts.text, 'Copy the link', say),
            button('Print it', () => send('leave'), {kind: 'quiet', 'data-escape': true})),
          h('p', {class: 'small'}, 'Printed, the link stays good for weeks: you can leave.')))
    ]
  }
}

/** The operator has to look first. */
export function held({facts, machine}, {send}) {
  deck('')
  return {
    news: 'The operator has to let this through first.',
    nodes: [
      h('div', {class: 'centre'},
        h('p', {class: 'stamp stamp--wait'}, icon(ICONS.clock), 'Held for the operator'),
        h('h1', {tabindex: '-1'}, 'Your notes are safe'),
        h('p', {class: 'figure'}, fiat(facts.minor, machine)),
        h('p', {class: 'quiet narrow'}, heldFor(facts.waits_for), ' Your link appears here as soon as that is done.'),
        h('p', {class: 'pulse'}, h('span', {class: 'pulse__dot'}), 'waiting for the operator'),
        button('Leave with a receipt', () => send('leave'), {kind: 'plain', 'data-escape': true}))
    ]
  }
}
