/* The page of the fake Slack: shows what is in the workspace, and types, clicks and sends as the chosen person. */
const $ = (id) => document.getElementById(id);
const emoji = {
  raised_hand: '✋',
  hourglass_flowing_sand: '⏳',
  arrows_counterclockwise: '🔄',
  white_check_mark: '✅',
  x: '❌',
  no_entry: '⛔',
  black_square_for_stop: '⏹',
  grey_question: '❔',
  warning: '⚠️',
  ballot_box_with_check: '☑️',
  lock: '🔒',
  unlock: '🔓',
  snowflake: '❄️',
  sunny: '☀️',
  rotating_light: '🚨',
  scroll: '📜',
  bust_in_silhouette: '👤',
  busts_in_silhouette: '👥',
  eyes: '👀',
  see_no_evil: '🙈',
};
let state = { users: [], channels: [], messages: [], view: null };
let shown = '';

const post = (path, body) =>
  fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/** Slack's markup, as far as it is used; whatever it holds becomes text, never markup of the page. */
function marked(text) {
  const whole = element('span');
  for (const part of text.split(/(```[\s\S]*?```|`[^`\n]+`|<[^<>]+>|(?<!\S)\*[^*\n]+\*|:[a-z_]+:|\n)/)) {
    if (part.startsWith('```')) whole.append(element('pre', '', unescape(part.slice(3, -3))));
    else if (/^`.+`$/.test(part)) whole.append(element('code', '', unescape(part.slice(1, -1))));
    else if (part.startsWith('<@')) whole.append(element('span', 'mention', `@${nameOf(part.slice(2, -1))}`));
    else if (part.startsWith('<#')) whole.append(element('span', 'mention', `#${channelOf(part.slice(2, -1))}`));
    else if (part.startsWith('<http')) whole.append(linkOf(part.slice(1, -1)));
    else if (part.startsWith('<!date^')) whole.append(new Date(Number(part.split('^')[1]) * 1000).toLocaleTimeString());
    else if (part.startsWith('<'))
      whole.append(element('span', 'mention', unescape(part.slice(1, -1).split('|').at(-1))));
    else if (/^\*.+\*$/.test(part)) whole.append(element('b', '', unescape(part.slice(1, -1))));
    else if (/^:[a-z_]+:$/.test(part)) whole.append(emoji[part.slice(1, -1)] ?? part);
    else if (part === '\n') whole.append(element('br'));
    else whole.append(unescape(part));
  }
  return whole;
}
function linkOf(inner) {
  const [address, text = address] = inner.split('|');
  const link = element('a', '', unescape(text));
  link.href = unescape(address);
  link.target = '_blank';
  link.rel = 'noreferrer';
  return link;
}
const channelOf = (id) => state.channels.find((channel) => channel.id === id)?.name ?? id;
const nameOf = (id) => state.users.find((user) => user.id === id)?.name ?? id;

function blockOf(block, message) {
  if (block.type === 'section') return wrap('div', '', marked(block.text.text));
  if (block.type === 'context')
    return wrap('div', 'context', ...block.elements.flatMap((one, at) => [at > 0 ? ' · ' : '', marked(one.text)]));
  if (block.type !== 'actions') return element('div');
  return wrap(
    'div',
    '',
    ...block.elements.map((one) => {
      const button = element('button', one.style ?? '', one.text.text);
      button.onclick = () =>
        void post('/page/click', { user: $('user').value, ts: message.ts, action: one.action_id }).then(refresh);
      return button;
    }),
  );
}
function wrap(tag, className, ...children) {
  const made = element(tag, className);
  made.append(...children);
  return made;
}

function articleOf(message) {
  const article = element(
    'article',
    [message.threadTs ? 'below' : '', message.onlyFor ? 'alone' : ''].join(' ').trim(),
  );
  const head = element('div', 'who', 'Flotilla');
  head.append(
    element(
      'span',
      'note',
      [
        new Date(Number(message.ts) * 1000).toLocaleTimeString(),
        message.edits > 0 ? 'edited' : '',
        message.onlyFor ? 'only visible to you' : '',
      ]
        .filter(Boolean)
        .join(' · '),
    ),
  );
  article.append(
    head,
    ...(message.blocks.length > 0 ? message.blocks.map((block) => blockOf(block, message)) : [marked(message.text)]),
  );
  return article;
}

/** Replies stand below their message. */
function inOrder(messages) {
  const roots = messages.filter((one) => !one.threadTs);
  return roots.flatMap((root) => [root, ...messages.filter((one) => one.threadTs === root.ts)]);
}

function modal(view) {
  const dialog = $('modal');
  if (!view) return dialog.close();
  if (dialog.open && dialog.dataset.id === view.id) return;
  dialog.dataset.id = view.id;
  const form = element('form');
  form.append(element('h2', '', view.view.title.text));
  for (const block of view.view.blocks) {
    if (block.type !== 'input') {
      form.append(blockOf(block));
      continue;
    }
    form.append(
      element('label', '', block.label.text + (block.optional ? ' (optional)' : '')),
      inputOf(block),
      wrap('div', 'error'),
    );
  }
  const close = element('button', '', view.view.close?.text ?? 'Close');
  close.type = 'button';
  close.onclick = () => void post('/page/close', { view: view.id }).then(refresh);
  form.append(close, element('button', 'primary', view.view.submit?.text ?? 'Send'));
  form.onsubmit = (event) => {
    event.preventDefault();
    void submit(form, view);
  };
  dialog.replaceChildren(form);
  dialog.showModal();
}
function inputOf(block) {
  const kind = block.element.type === 'static_select' ? 'select' : block.element.multiline ? 'textarea' : 'input';
  const input = element(kind);
  input.name = block.block_id;
  for (const option of block.element.options ?? []) input.append(new Option(option.text.text, option.value));
  return input;
}
async function submit(form, view) {
  const values = {};
  for (const [name, text] of new FormData(form)) {
    const isChoice = form.elements[name].tagName === 'SELECT';
    values[name] = { value: isChoice ? { selected_option: { value: text } } : { value: text } };
  }
  const answer = await (await post('/page/submit', { user: $('user').value, view: view.id, values })).json();
  for (const [name, why] of Object.entries(answer.errors ?? {}))
    form.elements[name].nextElementSibling.textContent = why;
  await refresh();
}

function choices(select, items, label) {
  if (select.options.length === items.length) return;
  const before = chosen(select.id);
  select.replaceChildren(...items.map((one) => new Option(label(one), one.id)));
  select.value = before || items[0]?.id;
}
/** What is chosen, or what the address asks for: `?user=U0BOB&channel=C0NET`. */
const chosen = (id) => $(id).value || new URLSearchParams(location.search).get(id) || '';
async function refresh() {
  const query = new URLSearchParams({ user: chosen('user'), channel: chosen('channel') });
  const text = await (await fetch(`/page/state?${query}`)).text();
  if (text === shown) return;
  shown = text;
  state = JSON.parse(text);
  choices($('user'), state.users, (user) => user.name);
  choices($('channel'), state.channels, (channel) => `#${channel.name}`);
  $('title').textContent = $('channel').selectedOptions[0]?.text ?? '';
  const list = $('messages');
  list.replaceChildren(...inOrder(state.messages).map(articleOf));
  list.scrollTop = list.scrollHeight;
  modal(state.view);
  // The first time it was not known yet whose view it is.
  if (query.get('user') !== $('user').value || query.get('channel') !== $('channel').value) await refresh();
}
$('say').onsubmit = (event) => {
  event.preventDefault();
  const text = $('text').value.replace(/^\/swarm\s*/, '');
  $('text').value = '';
  void post('/page/command', { user: $('user').value, channel: $('channel').value, text }).then(refresh);
};
$('user').onchange = refresh;
$('channel').onchange = refresh;
setInterval(() => void refresh(), 500);
void refresh();
