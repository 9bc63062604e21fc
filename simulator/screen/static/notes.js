// Banknotes: how one looks, and how it comes out of the slot or goes in.
import {h, s} from './dom.js'
import {plainFiat} from './money.js'

const HUES = {500: 'grey', 1000: 'red', 2000: 'blue', 5000: 'orange', 10000: 'green', 20000: 'yellow'}
const OTHERS = ['violet', 'teal', 'red', 'blue', 'orange', 'green']

function hue(minor) {
  return HUES[minor] ?? OTHERS[String(minor).length % OTHERS.length]
}

/** One note. It is drawn, not photographed: nobody is to mistake it. */
export function banknote(minor, machine, more = '') {
  const value = plainFiat(minor, machine.digits)
  const rings = [9, 15, 21, 27, 33].map(r => s('ellipse', {cx: 118, cy: 40, rx: r * 1.25, ry: r}))
  const waves = [0, 1, 2, 3, 4].map(n => s('path', {d: `M0 ${14 + n * 13}c26-16 40 16 66 0s40 16 66 0 40 16 66 0`}))
  return s(
    'svg',
    {viewBox: '0 0 168 80', class: `note note--${hue(minor)} ${more}`, 'aria-hidden': 'true'},
    s('rect', {class: 'note__paper', x: 0.75, y: 0.75, width: 166.5, height: 78.5, rx: 5}),
    s('g', {class: 'note__waves'}, waves),
    s('g', {class: 'note__rings'}, rings),
    s('rect', {class: 'note__thread', x: 84, y: 1, width: 3, height: 78}),
    s('path', {class: 'note__bolt', d: 'M121 20 104 43h11l-3 17 18-25h-11z'}),
    s('text', {class: 'note__value', x: 12, y: 50}, value),
    s('text', {class: 'note__corner', x: 159, y: 71, 'text-anchor': 'end'}, value),
    s('text', {class: 'note__currency', x: 13, y: 69}, machine.currency)
  )
}

const tray = document.getElementById('tray')
const slot = document.getElementById('slot')
const label = document.getElementById('deck-label')

/** What is written above the slot. */
export function deck(text, lit = '') {
  label.textContent = text
  slot.dataset.lit = lit
}

/** Shows the first `count` notes as having come out; those that were not there slide out now. */
export function comeOut(notes, count, machine) {
  while (tray.children.length < count) {
    const number = tray.children.length
    const lean = ((number * 37) % 7) - 3
    const lying = h('div', {class: 'lying', 'data-lean': lean, 'data-column': number % 5})
    lying.append(banknote(notes[number], machine))
    tray.append(lying)
  }
  slot.classList.toggle('slot--works', count > 0 && count < notes.length)
}

/** The customer takes what lies there. */
export function takeAway() {
  for (const lying of [...tray.children]) {
    lying.classList.add('lying--taken')
    setTimeout(() => lying.remove(), 450)
  }
  slot.classList.remove('slot--works')
}

/** One note goes into the slot, and comes back if it is not taken. */
export async function goIn(minor, machine, taken) {
  const going = h('div', {class: 'going', 'data-column': 2}, banknote(minor, machine))
  tray.append(going)
  const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches
  try {
    await Promise.all([taken, new Promise(done => setTimeout(done, quiet ? 0 : 520))])
    going.remove()
  } catch (refusal) {
    going.classList.add('going--back')
    setTimeout(() => going.remove(), quiet ? 0 : 900)
    throw refusal
  }
}
