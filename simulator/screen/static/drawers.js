// Beside the machine: the customer's wallet of the demo, and what a technician switches.
import {touch} from './api.js'
import {button, h} from './dom.js'
import {fiat, sats} from './money.js'

const purse = document.getElementById('purse')
const purseOpen = document.getElementById('purse-open')
const service = document.getElementById('service')
let drawn = ''

purseOpen.addEventListener('click', () => {
  const open = purse.hidden
  purse.hidden = !open
  purseOpen.setAttribute('aria-expanded', String(open))
})

document.getElementById('service-open').addEventListener('click', () => service.showModal())
service.addEventListener('click', event => { if (event.target === service) service.close() })

/** A customer with a wallet on the same LNbits, where one was configured. */
export function drawPurse({customer, view, facts}, {send}) {
  purseOpen.hidden = !customer.configured
  if (!customer.configured) {
    purse.hidden = true
    return
  }
  const pays = view === 'pay'
  const claims = view === 'claim' || (view === 'receipt' && facts.text)
  const wants = pays || Boolean(claims)
  purseOpen.classList.toggle('purse-tab--wanted', wants)
  const act = pays
    ? button(`Pay ${sats(facts.wire_sats)} sats`, () => send('pay'), {kind: 'main'})
    : claims
      ? button(`Receive ${sats(facts.wire_sats)} sats`, () => send('claim'), {kind: 'main'})
      : h('p', {class: 'quiet'}, 'It can pay an invoice and receive by a link, as soon as the screen shows one.')
  if (act instanceof HTMLButtonElement) act.disabled = customer.busy
  const focused = purse.contains(document.activeElement)
  purse.replaceChildren(
    h('h2', {}, 'Customer’s wallet'),
    h('p', {class: 'figure figure--small'}, customer.sats === null ? '–' : sats(customer.sats), h('small', {}, 'sats')),
    act,
    customer.note ? h('p', {class: 'limit', role: 'alert'}, customer.note) : '',
    h('p', {class: 'small'}, 'Only in the demo: a wallet that this page may use.')
  )
  if (focused) purse.querySelector('button')?.focus()
}

/** What can be made to go wrong, and what is in the machine. */
export function drawService({service: facts, machine}, {send}) {
  const text = JSON.stringify([facts, machine?.currency])
  if (text === drawn) return
  drawn = text
  const focused = document.activeElement?.dataset?.switch
  service.replaceChildren(
    h('header', {class: 'service__head'}, h('h2', {}, 'Service'), button('Close', () => service.close(), {kind: 'quiet'})),
    h('section', {}, h('h3', {}, 'The next payout'), h('div', {class: 'segments'},
      segment('complete', 'all notes', facts, send), segment('partial', 'only some', facts, send), segment('failed', 'none: a jam', facts, send))),
    h('section', {}, h('h3', {}, 'The network'),
      toggle('network_down', 'Unplugged', 'Nothing gets through until it is plugged in again.', facts, send),
      toggle('duplicates', 'Everything twice', 'Each post is sent a second time, signed anew.', facts, send)),
    machine ? h('section', {}, h('h3', {}, 'Notes'), h('dl', {class: 'facts'},
      facts.cassettes.map(([minor, count]) => [h('dt', {}, `cassette ${fiat(minor, machine)}`), h('dd', {}, String(count))]),
      facts.box.map(([minor, count]) => [h('dt', {}, `box ${fiat(minor, machine)}`), h('dd', {}, String(count))])),
      button('Fill the cassettes, empty the box', () => touch('fill').catch(() => {}), {kind: 'plain'})) : '',
    h('section', {}, h('h3', {}, 'This machine'), h('dl', {class: 'facts'},
      h('dt', {}, 'key'), h('dd', {class: 'mono'}, facts.npub), h('dt', {}, 'server'), h('dd', {class: 'mono'}, facts.server || '–'),
      h('dt', {}, 'configuration'), h('dd', {}, facts.config_version === null ? '–' : `version ${facts.config_version}`),
      h('dt', {}, 'not told yet'), h('dd', {}, String(facts.waiting)), h('dt', {}, 'requests sent'), h('dd', {}, String(facts.requests))))
  )
  if (focused) service.querySelector(`[data-switch="${focused}"]`)?.focus()
}

function segment(value, label, facts, send) {
  return h('button', {type: 'button', class: 'segment', 'data-switch': value, 'aria-pressed': String(facts.dispenser === value),
    onclick: () => send('faults', {dispenser: value})}, label)
}

function toggle(name, label, words, facts, send) {
  return h('button', {type: 'button', class: 'switch', role: 'switch', 'data-switch': name, 'aria-checked': String(facts[name]),
    onclick: () => send('faults', {[name]: !facts[name]})},
    h('span', {class: 'switch__words'}, h('strong', {}, label), h('small', {}, words)), h('span', {class: 'switch__knob', 'aria-hidden': 'true'}))
}
