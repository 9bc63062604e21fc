// Elements without templates: text is always text, so nothing that comes from outside becomes markup.

const SVG = 'http://www.w3.org/2000/svg'

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue
    element.append(child)
  }
  return element
}

/** An HTML element: h('p', {class: 'quiet'}, 'text', other). */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children)
}

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children)
}

/** A line icon of 24 by 24. */
export function icon(path, name = '') {
  return s('svg', {viewBox: '0 0 24 24', class: `icon ${name}`, 'aria-hidden': 'true'}, s('path', {d: path}))
}

export const ICONS = {
  check: 'M4.5 12.5l5 5L19.5 7',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  warn: 'M12 9v4.5m0 3v.01M12 3.5 2.8 19.5h18.4z',
  bolt: 'M13.5 2.5 5 13.5h5.5l-1 8 9-11.5H13z',
  notes: 'M3 8h18v10H3zM6 5h12M12 10.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8zM6 11v4M18 11v4',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17'
}

/** A QR code from the server's path, dark on white with a quiet margin. */
export function qr(code, label) {
  const size = code.size + 8
  return s(
    'svg',
    {viewBox: `-4 -4 ${size} ${size}`, class: 'qr', role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges'},
    s('rect', {x: -4, y: -4, width: size, height: size, fill: '#fff'}),
    s('path', {d: code.path, fill: '#0d1017'})
  )
}

/** A big button. */
export function button(text, onclick, more = {}) {
  const {kind = 'plain', ...attributes} = more
  return h('button', {type: 'button', class: `button button--${kind}`, onclick, ...attributes}, text)
}
