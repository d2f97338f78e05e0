// What moves in a display. Without this script every picture stands complete; with it controls appear. Texts are set as texts, never as
// markup.
(() => {
  if (window.geoVlmLive) { window.geoVlmLive(); return; }
  const svgSpace = 'http://www.w3.org/2000/svg';
  let serial = 0;

  const make = (tag, style, properties) => {
    const element = document.createElement(tag);
    element.style.cssText = style || '';
    return Object.assign(element, properties || {});
  };
  const shape = (tag, attributes) => {
    const element = document.createElementNS(svgSpace, tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };
  const bar = () => make('div', 'display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;font-size:12px;margin:2px 0 6px');

  const choice = (legend, names, pick) => {
    const group = make('span', 'display:inline-flex;flex-wrap:wrap;gap:2px 10px;align-items:center');
    group.setAttribute('role', 'radiogroup');
    group.setAttribute('aria-label', legend);
    const name = 'geo-' + ++serial;
    names.forEach((text, i) => {
      const label = make('label', 'cursor:pointer;white-space:nowrap');
      const input = make('input', 'margin:0 4px 0 0;vertical-align:-2px', { type: 'radio', name, checked: i === 0 });
      input.addEventListener('change', () => pick(i));
      label.append(input, text);
      group.append(label);
    });
    return group;
  };

  const slider = (text, low, high, step, value, write, move) => {
    const label = make('label', 'display:inline-flex;gap:6px;align-items:center;white-space:nowrap');
    const input = make('input', 'width:180px;margin:0', { type: 'range' });
    Object.assign(input, { min: low, max: high, step });
    input.value = value;
    const output = make('output', 'font-variant-numeric:tabular-nums;min-width:3em');
    const show = () => { output.textContent = write(+input.value); move(+input.value); };
    input.addEventListener('input', show);
    label.append(text, input, output);
    return { label, input, show };
  };

  // A layer over a picture, in the pixels of the picture.
  const overlay = (image, width, height) => {
    const stage = make('div', 'position:relative;display:inline-block;line-height:0;max-width:100%');
    image.replaceWith(stage);
    image.style.maxWidth = '100%';
    image.style.height = 'auto';
    const layer = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group' });
    layer.style.cssText = 'position:absolute;left:0;top:0;width:100%;height:100%;overflow:hidden';
    stage.append(image, layer);
    return { stage, layer };
  };
  const tip = stage => {
    const box = make('div', 'position:absolute;z-index:2;pointer-events:none;display:none;padding:2px 7px;border-radius:3px;background:rgba(0,0,0,.85);color:#fff;font-size:12px;line-height:1.4;white-space:nowrap');
    box.setAttribute('role', 'status');
    stage.append(box);
    return {
      show(text, target) {
        const outer = stage.getBoundingClientRect(), inner = target.getBoundingClientRect();
        box.textContent = text;
        box.style.display = 'block';
        const x = Math.max(0, Math.min(inner.left - outer.left, outer.width - box.offsetWidth));
        const above = inner.top - outer.top - box.offsetHeight - 3;
        box.style.left = x + 'px';
        box.style.top = (above >= 0 ? above : Math.min(inner.bottom - outer.top + 3, outer.height - box.offsetHeight)) + 'px';
      },
      hide() { box.style.display = 'none'; },
    };
  };
  const onPoint = (element, enter, leave) => {
    for (const name of ['pointerenter', 'focus']) element.addEventListener(name, enter);
    for (const name of ['pointerleave', 'blur']) element.addEventListener(name, leave);
  };

  const kinds = {
    // Boxes with their match states at every threshold. data: w, h, plain, boxes [{q, t, r}], at, states, ious, colours, dashes.
    match(root, data) {
      const image = root.querySelector('img');
      image.src = data.plain;
      const { stage, layer } = overlay(image, data.w, data.h);
      const hint = tip(stage);
      const line = Math.min(data.w, data.h) < 240 ? 1.5 : 2;
      let now = data.start;
      const marks = ['true positive', 'false positive', 'false negative', 'found reference'];
      const boxes = data.boxes.map((box, i) => {
        const group = shape('g', { tabindex: 0, role: 'img' });
        const points = box.q.join(' ');
        const dash = box.r ? { 'stroke-dasharray': '6 4' } : {};
        const outline = shape('polygon', { points, fill: 'none', 'stroke-width': line, ...dash });
        group.append(shape('polygon', { points, fill: 'rgba(0,0,0,0)', stroke: 'rgba(0,0,0,.6)', 'stroke-width': line + 2 }), outline);
        const inside = (v, most) => Math.max(7, Math.min(v, most - 7));
        const corner = [0, 2, 4, 6].reduce((a, b) => box.q[b] + box.q[b + 1] < box.q[a] + box.q[a + 1] ? b : a);
        const sign = shape('g', { transform: `translate(${inside(box.q[corner], data.w)} ${inside(box.q[corner + 1], data.h)})` });
        group.append(sign);
        layer.append(group);
        group.style.outline = 'none';
        const say = () => `${marks[data.states[now][i]]}${box.t ? ' · ' + box.t : ''} · ${data.ious[now][i] > 0 ? 'IoU ' + data.ious[now][i].toFixed(2) : 'no partner'}${data.best[i] > 0 ? ` · best IoU ${data.best[i].toFixed(2)}` : ''}`;
        onPoint(group, () => { outline.setAttribute('stroke-width', line + 2); hint.show(say(), group); }, () => { outline.setAttribute('stroke-width', line); hint.hide(); });
        return { group, outline, sign, say };
      });
      const counts = make('span', 'font-variant-numeric:tabular-nums');
      counts.setAttribute('role', 'status');
      const draw = () => {
        const n = [0, 0, 0, 0];
        boxes.forEach(({ group, outline, sign, say }, i) => {
          const state = data.states[now][i];
          n[state]++;
          outline.setAttribute('stroke', data.colours[state]);
          group.style.opacity = state === 3 ? .55 : 1;
          group.setAttribute('aria-label', say());
          sign.replaceChildren();
          if (state === 3) return;
          const ink = { fill: data.colours[state] };
          sign.append(shape('circle', { r: 7, fill: 'rgba(0,0,0,.75)' }));
          if (state === 0) sign.append(shape('circle', { r: 4, ...ink }));
          else if (state === 1) sign.append(shape('path', { d: 'M-3.4 -3.4L3.4 3.4M-3.4 3.4L3.4 -3.4', stroke: data.colours[1], 'stroke-width': 2.6 }));
          else sign.append(shape('path', { d: 'M0 -4.5L4.3 3.4L-4.3 3.4Z', ...ink }));
        });
        const share = (a, b) => a + b === 0 ? '–' : (a / (a + b)).toFixed(2);
        counts.textContent = `${n[0]} found · ${n[1]} false · ${n[2]} missed · precision ${share(n[0], n[1])} · recall ${share(n[0], n[2])} · F1 ${share(2 * n[0], n[1] + n[2])}`;
        const still = root.lastElementChild.lastElementChild;
        still.style.display = 'none'; // the counts of the still picture
      };
      const controls = bar();
      const threshold = slider('IoU at least', 0, data.at.length - 1, 1, now, i => data.at[i].toFixed(2), i => { now = i; draw(); });
      controls.append(threshold.label, counts);
      root.prepend(controls);
      threshold.show();
    },

    // Pictures of one place: side by side, swiped, blinking. data: labels; the first images of the block are its dates.
    dates(root, data) {
      const still = make('div');
      still.append(...root.childNodes);
      const images = [...still.querySelectorAll('img')].slice(0, data.labels.length);
      if (images.length < 2) { root.append(still); return; }
      const live = make('div', 'display:none');
      const stage = make('div', 'position:relative;display:inline-block;line-height:0;cursor:ew-resize;touch-action:pan-y;max-width:100%;user-select:none');
      const layers = images.map((image, i) => {
        const copy = make('img', 'display:block;max-width:100%;height:auto;pointer-events:none' + (i ? ';position:absolute;left:0;top:0' : ''), { src: image.src, alt: image.alt });
        copy.width = images[0].width;
        stage.append(copy);
        return copy;
      });
      const edge = make('div', 'position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px rgba(0,0,0,.6);pointer-events:none');
      const name = make('div', 'position:absolute;left:4px;top:4px;padding:0 6px;border-radius:3px;background:rgba(0,0,0,.75);color:#fff;font-size:12px;line-height:1.5;pointer-events:none');
      stage.append(edge, name);
      const controls = bar(), more = make('span', 'display:inline-flex;gap:14px');
      let mode = 0, pair = 1, seen = 0, timer = 0;
      const show = () => {
        const at = swipe.input.value / 100;
        edge.style.left = 100 * at + '%';
        edge.style.display = mode === 1 ? 'block' : 'none';
        stage.style.cursor = mode === 1 ? 'ew-resize' : 'default';
        layers.forEach((layer, i) => {
          const low = i === pair - 1, high = i === pair;
          layer.style.visibility = mode === 1 ? (low || high ? 'visible' : 'hidden') : i === seen ? 'visible' : 'hidden';
          layer.style.clipPath = mode === 1 && high ? `inset(0 0 0 ${100 * at}%)` : mode === 1 && low ? `inset(0 ${100 - 100 * at}% 0 0)` : 'none';
        });
        name.textContent = mode === 1 ? `${data.labels[pair - 1]} | ${data.labels[pair]}` : data.labels[seen];
      };
      const swipe = slider('divider', 0, 100, 1, 50, v => v + ' %', () => show());
      const date = slider('dates', 1, images.length - 1, 1, 1, v => `${data.labels[v - 1]} | ${data.labels[v]}`, v => { pair = v; show(); });
      const pick = to => {
        mode = to;
        clearInterval(timer);
        still.style.display = mode === 0 ? '' : 'none';
        live.style.display = mode === 0 ? 'none' : '';
        more.replaceChildren(...(mode === 1 ? images.length > 2 ? [swipe.label, date.label] : [swipe.label] : []));
        const slow = window.matchMedia && matchMedia('(prefers-reduced-motion: reduce)').matches;
        if (mode === 2) timer = setInterval(() => { if (!root.isConnected) clearInterval(timer); seen = (seen + 1) % images.length; show(); }, slow ? 2500 : 800);
        show();
      };
      const drag = event => {
        const area = stage.getBoundingClientRect();
        swipe.input.value = 100 * (event.clientX - area.left) / area.width;
        swipe.show();
      };
      stage.addEventListener('pointerdown', event => { if (mode === 1) { stage.setPointerCapture(event.pointerId); drag(event); } });
      stage.addEventListener('pointermove', event => { if (mode === 1 && stage.hasPointerCapture(event.pointerId)) drag(event); });
      controls.append(choice('how to compare', ['side by side', 'swipe', 'blink'], pick), more);
      live.append(stage);
      root.append(controls, still, live);
      date.show();
      swipe.show();
    },

    // A table whose headers sort it.
    table(root) {
      const table = root.querySelector('table');
      const head = [...table.rows].find(row => row.querySelector('th'));
      if (!head || table.rows.length < 3) return;
      const value = (row, column) => {
        const text = row.cells[column] ? row.cells[column].textContent.trim() : '';
        const number = parseFloat(text.replace('−', '-'));
        return { text, number };
      };
      [...head.cells].forEach((cell, column) => {
        if (!cell.textContent.trim()) return;
        const button = make('button', 'all:unset;cursor:pointer;font:inherit', { type: 'button', title: 'sort' });
        button.textContent = cell.textContent;
        const arrow = make('span', 'opacity:.7');
        button.append(arrow);
        button.addEventListener('focus', () => { button.style.outline = button.matches(':focus-visible') ? '2px solid currentColor' : 'none'; });
        button.addEventListener('blur', () => { button.style.outline = 'none'; });
        cell.replaceChildren(button);
        button.addEventListener('click', () => {
          const down = cell.getAttribute('aria-sort') !== 'descending';
          for (const other of head.cells) { other.removeAttribute('aria-sort'); const sign = other.querySelector('button > span'); if (sign) sign.textContent = ''; }
          cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
          arrow.textContent = down ? ' ▾' : ' ▴';
          const rows = [...table.rows].filter(row => row !== head);
          const numeric = rows.every(row => { const v = value(row, column); return v.text === '' || v.text === '–' || !isNaN(v.number); });
          const sorted = rows.map((row, i) => ({ row, i, v: value(row, column) })).sort((a, b) => {
            const order = numeric ? (isNaN(a.v.number) ? -Infinity : a.v.number) - (isNaN(b.v.number) ? -Infinity : b.v.number) : a.v.text.localeCompare(b.v.text);
            return (down ? -order || 0 : order || 0) || a.i - b.i;
          });
          head.after(...sorted.map(s => s.row));
        });
      });
    },

    // Texts or rows and the boxes they mean. data: w, h, boxes [{q, c, t, g}]; elements carry data-geo-ref = g.
    linked(root, data) {
      const { stage, layer } = overlay(root.querySelector('img'), data.w, data.h);
      const hint = tip(stage);
      const texts = [...root.querySelectorAll('[data-geo-ref]')];
      const lit = (g, on) => {
        boxes.forEach(({ outline, g: mine }) => {
          outline.setAttribute('stroke', on && mine === g ? '#fff' : 'none');
          outline.setAttribute('fill', on && mine === g ? outline.dataset.fill : 'rgba(0,0,0,0)');
        });
        texts.forEach(text => { text.style.outline = on && +text.dataset.geoRef === g ? '2px solid currentColor' : 'none'; });
      };
      const boxes = data.boxes.map(box => {
        const outline = shape('polygon', { points: box.q.join(' '), fill: 'rgba(0,0,0,0)', stroke: 'none', 'stroke-width': 3, tabindex: 0, 'aria-label': box.t, role: 'img' });
        outline.dataset.fill = box.c + '66';
        outline.style.outline = 'none';
        onPoint(outline, () => { lit(box.g, true); hint.show(box.t, outline); }, () => { lit(box.g, false); hint.hide(); });
        layer.append(outline);
        return { outline, g: box.g };
      });
      texts.forEach(text => {
        text.tabIndex = 0;
        onPoint(text, () => lit(+text.dataset.geoRef, true), () => lit(+text.dataset.geoRef, false));
      });
    },

    // Tokens coloured by one of their numbers. data: names, most, signed, colours [up, down].
    tokens(root, data) {
      const tokens = [...root.querySelectorAll('[data-geo-token]')];
      const numbers = tokens.map(token => token.dataset.geoToken.split(';').map(Number));
      const read = make('div', 'font-size:12px;min-height:1.5em;font-variant-numeric:tabular-nums');
      read.setAttribute('role', 'status');
      const paint = which => tokens.forEach((token, i) => {
        const v = numbers[i][which], share = Math.min(1, Math.abs(v) / data.most[which]);
        const colour = data.signed[which] && v < 0 ? data.colours[1] : data.colours[which === 0 ? 2 : 0];
        token.style.background = colour + Math.round(140 * (isNaN(share) ? 0 : share)).toString(16).padStart(2, '0');
      });
      let at = 0;
      const say = i => { read.textContent = `token ${i + 1} of ${tokens.length}: ` + data.names.map((name, k) => `${name} ${numbers[i][k].toFixed(3)}`).join(' · '); };
      tokens.forEach((token, i) => {
        token.tabIndex = i ? -1 : 0;
        onPoint(token, () => { token.style.outline = '2px solid currentColor'; say(at = i); }, () => { token.style.outline = 'none'; });
        token.addEventListener('keydown', event => {
          const to = event.key === 'ArrowRight' ? i + 1 : event.key === 'ArrowLeft' ? i - 1 : -1;
          if (tokens[to]) { event.preventDefault(); token.tabIndex = -1; tokens[to].tabIndex = 0; tokens[to].focus(); }
        });
      });
      const controls = bar();
      if (data.names.length > 1) controls.append(choice('colour tokens by', data.names, paint));
      root.prepend(controls);
      root.append(read);
    },

    // A heat map over a picture for each word. data: w, h, plain, columns, rows, maps [word][cell 0..255], stops, start; words carry
    // data-geo-ref.
    attention(root, data) {
      const image = root.querySelector('img');
      image.src = data.plain;
      const { stage } = overlay(image, data.w, data.h);
      const canvas = make('canvas', 'position:absolute;left:0;top:0;width:100%;height:100%;opacity:.62;pointer-events:none', { width: data.columns, height: data.rows });
      stage.append(canvas);
      const words = [...root.querySelectorAll('[data-geo-ref]')];
      const ramp = v => {
        const at = v / 255 * (data.stops.length - 1), k = Math.min(Math.floor(at), data.stops.length - 2);
        return [1, 3, 5].map(c => { const a = parseInt(data.stops[k].substr(c, 2), 16), b = parseInt(data.stops[k + 1].substr(c, 2), 16); return a + (b - a) * (at - k); });
      };
      const draw = word => {
        const context = canvas.getContext('2d'), pixels = context.createImageData(data.columns, data.rows);
        data.maps[word].forEach((v, i) => pixels.data.set([...ramp(v), 255], 4 * i));
        context.putImageData(pixels, 0, 0);
        words.forEach(w => { const mine = +w.dataset.geoRef === word; w.style.borderBottom = mine ? '2px solid currentColor' : 'none'; w.setAttribute('aria-pressed', mine); });
      };
      words.forEach(word => {
        word.tabIndex = 0;
        word.style.cursor = 'pointer';
        word.setAttribute('role', 'button');
        const pick = () => draw(+word.dataset.geoRef);
        word.addEventListener('click', pick);
        word.addEventListener('keydown', event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); pick(); } });
      });
      draw(data.start);
    },
  };

  const start = root => {
    for (const element of root.querySelectorAll('[data-geo]:not([data-geo-live])')) {
      element.dataset.geoLive = '1';
      const data = element.dataset.geoValue ? JSON.parse(element.dataset.geoValue) : {};
      delete element.dataset.geoValue;
      if (kinds[element.dataset.geo]) kinds[element.dataset.geo](element, data);
    }
  };
  let waiting = false;
  const scan = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      start(document);
      for (const host of document.querySelectorAll('*')) if (host.shadowRoot) start(host.shadowRoot);
    }, 0);
  };
  window.geoVlmLive = scan;
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', scan);
  scan();
  setTimeout(scan, 300); // some hosts run scripts before their output is in the page
})();
