import { element, show } from './list.js'
import { views } from './rows.js'
import { lang, moment, words } from './words.js'

export const at = (id) => document.getElementById(id)

/** Says something to everyone, a screen reader included. */
export function say(text) {
  at('said').textContent = text
}

async function copy(text, pre) {
  try {
    await navigator.clipboard.writeText(text)
    say(words().copied)
  } catch {
    // a phone on the same network is no secure context: the text is selected for it
    pre.parentElement.open = true
    getSelection()?.selectAllChildren(pre)
    say(words().notCopied)
  }
}

function repeat(curl, title) {
  const pre = element('pre', {}, curl)
  const press = () => copy(curl, pre)
  const button = element('button', { type: 'button', class: 'small', click: press }, words().copy)
  button.setAttribute('aria-label', `${words().copy}: ${title}`)
  return element('div', { class: 'repeat' }, element('details', {}, element('summary', {}, 'curl'), pre), button)
}

function item({ tone, badge, title, amount, time, facts = [], curl }) {
  const line = element('p', { class: 'line' }, element('span', { class: `badge ${tone}` }, badge), element('strong', {}, title))
  if (amount) line.append(element('span', { class: 'amount' }, amount))
  if (time) line.append(element('span', { class: 'time' }, time))
  const made = element('li', {}, line)
  if (facts.length > 0) {
    const pairs = facts.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value)))
    made.append(element('dl', {}, ...pairs))
  }
  if (curl) made.append(repeat(curl, title))
  return made
}

const shown = 100
let chosen = 'all'

/** The list that was chosen. */
function drawList(state, events) {
  const { rows, total } = views[chosen](state, events)
  const last = rows.slice(-shown).reverse()
  show(at('rows'), last, item)
  at('empty').textContent = last.length > 0 ? '' : chosen === 'all' ? words().emptyAll : words().empty
  at('more').textContent = total > last.length ? words().more(last.length, total) : ''
}

function drawTabs(state, events) {
  for (const tab of at('tabs').children) {
    const { name } = tab.dataset
    const isChosen = name === chosen
    tab.setAttribute('aria-selected', String(isChosen))
    tab.tabIndex = isChosen ? 0 : -1
    const count = state ? [' ', element('span', { class: 'count' }, String(views[name](state, events).total))] : []
    tab.replaceChildren(words()[name], ...count)
    if (isChosen) at('panel').setAttribute('aria-labelledby', tab.id)
  }
}

function drawFaults({ active, table }, press) {
  const rows = Object.entries(table).map(([name, row]) => ({
    id: name,
    text: row[lang()],
    isOn: active.includes(name),
    once: words().once,
  }))
  const focused = document.activeElement?.id
  show(at('faults'), rows, ({ id, text, isOn, once }) => {
    const box = element('input', { type: 'checkbox', role: 'switch', id: `fault-${id}`, change: () => press(id, box.checked, text) })
    box.checked = isOn
    const label = element('label', { for: box.id }, text)
    const button = { type: 'button', class: 'small', id: `once-${id}`, 'aria-label': `${once}: ${text}`, click: () => press(id, 1, text) }
    return element('li', {}, box, label, element('button', button, once))
  })
  // a row that was made anew keeps the keyboard where it was
  if (focused && document.activeElement === document.body) at(focused)?.focus()
  at('fault-count').textContent = active.length > 0 ? String(active.length) : ''
}

/** Draws everything; a fault that is switched is told to `press`. */
export function draw({ state, events, isConnected }, press) {
  document.documentElement.lang = lang()
  for (const place of document.querySelectorAll('[data-word]')) place.textContent = words()[place.dataset.word]
  const other = at('language')
  other.textContent = words().language
  other.lang = lang() === 'ko' ? 'en' : 'ko'
  const connection = at('connection')
  connection.className = isConnected ? 'good' : 'bad'
  const says = isConnected ? words().connected : words().disconnected
  if (connection.textContent !== says) connection.textContent = says
  drawTabs(state, events)
  if (!state) return
  at('now').textContent = `${moment(state.now)} KST`
  at('now').dateTime = new Date(state.now * 1000).toISOString()
  drawList(state, events)
  drawFaults(state.faults, press)
}

/** The tabs: a press or an arrow chooses one. */
export function makeTabs(chose) {
  const tabs = at('tabs')
  const choose = (tab) => {
    chosen = tab.dataset.name
    at('rows').replaceChildren() // rows of another list can have the same number
    chose()
  }
  for (const name of Object.keys(views)) {
    const tab = element('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel' })
    tab.dataset.name = name
    tab.addEventListener('click', () => choose(tab))
    tabs.append(tab)
  }
  tabs.addEventListener('keydown', (event) => {
    const all = [...tabs.children]
    const here = all.indexOf(document.activeElement)
    const goes = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }
    if (!Object.hasOwn(goes, event.key)) return
    event.preventDefault()
    const tab = all.at(goes[event.key] % all.length)
    tab.focus()
    choose(tab)
  })
}
