// The record of a session is written where there is no network (ux.md M3). While somebody writes it, text and photographs
// lie in this browser, encrypted with a key that cannot be taken out of it and that goes with the logout (Clear-Site-Data).
// What was finished without a network is sent when there is one, in the order it was finished; each record bears the id its
// form was given, so that it is one act however often it is sent. Nothing of a sealed case is kept, nor of a closed session.
(function () {
  "use strict";
  const { word, renew, flash, token, isLogin } = window.Petitions;
  const person = document.currentScript.dataset.person;
  const shell = document.currentScript.dataset.shell;
  const worker = document.currentScript.dataset.worker;
  const MOST = 30;
  const LARGEST = 1024 * 1024;
  const CACHE = "petitions-session";
  if (!window.indexedDB || !window.crypto || !window.crypto.subtle) return;

  // --- what is kept ---------------------------------------------------------------------------------------------------

  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  let opened = null;
  function base() {
    if (!opened) {
      const request = window.indexedDB.open("petitions-session", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("keys");
        request.result.createObjectStore("records", { keyPath: "id" });
        request.result.createObjectStore("photos", { keyPath: ["id", "n"] });
      };
      opened = asked(request);
    }
    return opened;
  }

  async function store(name, mode, work) {
    const within = (await base()).transaction(name, mode);
    const over = new Promise((resolve, reject) => {
      within.oncomplete = resolve;
      within.onabort = within.onerror = () => reject(within.error);
    });
    const answer = await work(within.objectStore(name));
    await over;
    return answer;
  }

  const all = (name) => store(name, "readonly", (place) => asked(place.getAll()));
  const put = (name, row) => store(name, "readwrite", (place) => asked(place.put(row)));

  async function key() {
    const kept = await store("keys", "readonly", (place) => asked(place.get(person)));
    if (kept) return kept;
    const made = await window.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await store("keys", "readwrite", (place) => asked(place.put(made, person)));
    return made;
  }

  async function locked(bytes) {
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await window.crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), bytes) };
  }

  async function unlocked(cell) {
    return window.crypto.subtle.decrypt({ name: "AES-GCM", iv: cell.iv }, await key(), cell.data);
  }

  async function read(record) {
    return JSON.parse(new TextDecoder().decode(await unlocked(record.cell)));
  }

  async function keep(record, told) {
    const cell = await locked(new TextEncoder().encode(JSON.stringify(told)));
    await put("records", { ...record, cell });
  }

  async function keepPhotos(id, files) {
    const rows = [];
    for (const [n, file] of files.entries()) {
      const about = await locked(new TextEncoder().encode(JSON.stringify({ name: file.name, type: file.type })));
      rows.push({ id, n, about, cell: await locked(await file.arrayBuffer()) });
    }
    await store("photos", "readwrite", (place) => {
      place.delete(IDBKeyRange.bound([id, 0], [id, 1e6]));
      rows.forEach((row) => place.put(row));
    });
  }

  async function photos(id) {
    const rows = (await all("photos")).filter((row) => row.id === id);
    return Promise.all(rows.map(async (row) => {
      const about = JSON.parse(new TextDecoder().decode(await unlocked(row.about)));
      return new File([await unlocked(row.cell)], about.name, { type: about.type });
    }));
  }

  async function drop(id) {
    await store("records", "readwrite", (place) => asked(place.delete(id)));
    await store("photos", "readwrite", (place) => place.delete(IDBKeyRange.bound([id, 0], [id, 1e6])));
  }

  const mine = async () => (await all("records")).filter((one) => one.person === person).sort((a, b) => a.at - b.at);

  /** Later than whatever was finished before, also where the telephone's clock was set back in between. */
  const turn = async () => Math.max(Date.now(), ...(await mine()).map((one) => one.at + 1));

  const pen = (id) => `petitions-session ${id}`;

  /** Whether no other tab writes this record: two would write over each other. A page that is just left lets go of it. */
  async function isFree(id) {
    if (!navigator.locks) return true;
    const patience = new AbortController();
    window.setTimeout(() => patience.abort(), 700);
    return navigator.locks.request(pen(id), { signal: patience.signal }, () => true).catch(() => false);
  }

  /** The first of one's records that is still being written, in no other tab, and of this case if one is named. */
  async function unfinished(records, wanted) {
    for (const one of records) if (!one.ready && (!wanted || one.case === wanted) && (await isFree(one.id))) return one;
    return undefined;
  }

  // --- sending --------------------------------------------------------------------------------------------------------

  /** What is finished, one after another; a case whose record meets an answer waits for its writer. */
  async function send() {
    const stopped = new Set();
    for (const record of await mine()) {
      if (!record.ready || record.trouble || stopped.has(record.case)) {
        if (record.ready) stopped.add(record.case);
        continue;
      }
      const body = new FormData();
      const told = await read(record);
      for (const [name, value] of told.fields) body.append(name, value);
      for (const file of await photos(record.id)) body.append("files", file);
      body.set("csrf_token", token());
      let answer;
      try {
        answer = await fetch(record.url, { method: "POST", body, headers: { "X-CSRFToken": token() } });
      } catch (error) {
        return; // Still no network: everything stays.
      }
      if (isLogin(answer.url) || answer.status === 401) {
        flash(word("kept_login"), "warning");
        return;
      }
      if (answer.redirected && answer.ok) {
        await drop(record.id);
        if (!record.seen) flash(word("kept_sent"), "success");
        const form = document.querySelector("form[data-kept]");
        if (form && form.dataset.kept === record.id) window.location.assign(answer.url);
      } else if (answer.status === 422 || answer.status === 409 || answer.status === 403 || answer.status === 404) {
        record.trouble = answer.status === 422 ? "wrong" : "conflict";
        await put("records", record);
        stopped.add(record.case);
      } else {
        return;
      }
    }
  }

  let sending = null;
  function sendOnce() {
    const run = () => send().then(show, show);
    if (!sending) {
      const turn = navigator.locks ? navigator.locks.request("petitions-session", run) : run();
      sending = Promise.resolve(turn).finally(() => (sending = null));
    }
    return sending;
  }

  /** Send one's own text as a page, so that the server shows it beside what stands now. */
  async function openInFull(record) {
    const told = await read(record);
    // Its answer is a page that the writer sees; whether it was taken is asked once more with the next page.
    await put("records", { ...record, trouble: "", seen: true });
    const form = document.createElement("form");
    form.method = "post";
    form.action = record.url;
    form.enctype = "multipart/form-data";
    const put1 = (name, value) => {
      const input = document.createElement("textarea");
      input.name = name;
      input.value = value;
      form.append(input);
    };
    for (const [name, value] of told.fields) if (name !== "csrf_token") put1(name, value);
    put1("csrf_token", token());
    const files = document.createElement("input");
    files.type = "file";
    files.name = "files";
    files.multiple = true;
    const bag = new DataTransfer();
    for (const file of await photos(record.id)) bag.items.add(file);
    files.files = bag.files;
    form.append(files);
    form.hidden = true;
    document.body.append(form);
    form.submit();
  }

  /** What waits in this browser, above the work. */
  async function show() {
    const place = document.getElementById("flashes");
    const old = document.getElementById("kept-records");
    if (old) old.remove();
    const here = document.querySelector("form[data-kept]");
    const waiting = (await mine()).filter((one) => (one.ready || shell === window.location.pathname) && (!here || here.dataset.kept !== one.id));
    if (!waiting.length || !place) return;
    const box = document.createElement("div");
    box.id = "kept-records";
    for (const record of waiting) {
      const line = document.createElement("p");
      line.className = "flash flash-warning";
      const said = record.trouble ? word(`kept_${record.trouble}`) : record.ready ? word("kept_offline") : word("kept_typing");
      line.append(`${record.number}：${said} `);
      const button = (label, act) => {
        const one = document.createElement("button");
        one.type = "button";
        one.className = "btn btn-plain";
        one.textContent = word(label);
        one.addEventListener("click", act);
        line.append(one);
      };
      if (record.trouble) button("kept_open", () => openInFull(record));
      else if (!record.ready) button("kept_open", () => restore(record));
      if (record.trouble) {
        button("kept_drop", async () => {
          if (window.confirm(word("kept_dropping"))) await drop(record.id).then(show);
        });
      }
      box.append(line);
    }
    place.after(box);
  }

  // --- the form -------------------------------------------------------------------------------------------------------

  const isSession = (form) => /\/cases\/\d+\/hold_session$/.test(new URL(form.action, window.location.href).pathname);

  function setUp(form, known) {
    const id = form.querySelector("[name=submission]").value;
    const url = new URL(form.action, window.location.href).pathname;
    const input = form.querySelector('input[type="file"][name="files"]');
    const line = document.createElement("p");
    line.className = "kept-state";
    line.setAttribute("role", "status");
    (form.querySelector(".button-bar") || form).prepend(line);
    form.dataset.kept = id;
    if (navigator.locks) navigator.locks.request(pen(id), () => new Promise(() => {}));
    let hasPhotos = true;
    let record = known || { id, url, person, case: url.split("/")[2], number: form.dataset.number || "", at: Date.now(), ready: false };

    const isClosed = () => {
      const chosen = form.querySelector('[name="open_session"]:checked') || form.querySelector('select[name="open_session"]');
      return Boolean(chosen) && chosen.value === "closed";
    };
    const barred = () => ("sealed" in form.dataset ? "kept_sealed" : isClosed() ? "kept_closed" : "");

    function fields() {
      return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
    }

    /** The form as a page without a network draws it again; what was typed is put in afterwards. */
    function pattern() {
      const copy = form.cloneNode(true);
      copy.querySelectorAll('[name="csrf_token"], .kept-state, .combo-list, .signing, .field-count, .phrases').forEach((one) => one.remove());
      return copy.outerHTML;
    }

    let queue = Promise.resolve();
    /** Never two writings at once, and a later one never overtaken. */
    function save(also) {
      queue = queue.then(async () => {
        const why = barred();
        if (why) {
          await drop(id);
          line.textContent = word(why);
          return false;
        }
        record = { ...record, ...also };
        try {
          if (record.ready && !hasPhotos) throw new Error("a photograph is missing");
          await keep(record, { fields: fields(), html: pattern() });
        } catch (error) {
          line.textContent = word("kept_refused");
          return false;
        }
        line.textContent = word(navigator.onLine ? "kept_typing" : "kept_offline");
        return true;
      });
      return queue;
    }

    let soon = 0;
    const later = () => {
      window.clearTimeout(soon);
      soon = window.setTimeout(save, 400);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && form.isConnected && save());
    for (const name of ["online", "offline"]) window.addEventListener(name, () => form.isConnected && later());
    if (barred()) line.textContent = word(barred());

    if (input) {
      // Before the list of files sees them: a telephone's photograph is ten times as large as anybody reads.
      input.addEventListener("change", (event) => {
        const files = [...input.files];
        if (event.detail === "small" || input.dataset.small === String(files.length) + files.map((f) => f.size)) {
          const kept = () => (barred() ? null : keepPhotos(id, [...input.files]));
          queue = queue.then(kept).then(() => (hasPhotos = true), () => {
            hasPhotos = false;
            line.textContent = word("kept_refused");
          });
          return;
        }
        event.stopImmediatePropagation();
        Promise.all(files.slice(0, MOST).map(small)).then((shrunk) => {
          if (files.length > MOST) flash(word("kept_photos", { most: MOST }), "warning");
          const bag = new DataTransfer();
          shrunk.forEach((file) => bag.items.add(file));
          input.files = bag.files;
          input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "small" }));
        });
      }, true);
    }

    form.addEventListener("submit", (event) => {
      if (barred()) return;
      if (navigator.onLine) {
        // Should the line break now, it is sent from here; the server takes both as one.
        save({ ready: true, trouble: "", seen: true });
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      turn().then((at) => save({ ready: true, trouble: "", seen: false, at })).then((done) => done && finish());
    }, true);

    function finish() {
      form.hidden = true;
      form.removeAttribute("data-kept");
      form.dataset.done = id;
      const box = document.createElement("div");
      box.className = "note-box";
      box.setAttribute("role", "status");
      box.tabIndex = -1;
      box.append(`${record.number}：${word("kept_offline")} `);
      const again = document.createElement("button");
      again.type = "button";
      again.className = "btn btn-plain";
      again.textContent = word("kept_another");
      again.addEventListener("click", async () => {
        const told = await read((await mine()).find((one) => one.id === id));
        box.remove();
        const next = raise(told.html, form);
        next.querySelector("[name=submission]").value = [...window.crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
        next.querySelectorAll("textarea").forEach((one) => (one.value = ""));
        setUp(next);
      });
      box.append(again);
      form.before(box);
      box.focus();
    }
  }

  /** A form that was kept, drawn once more in place of `where`. */
  function raise(html, where) {
    const room = document.createElement("div");
    room.innerHTML = html;
    const form = room.querySelector("form");
    form.hidden = false;
    form.querySelectorAll(".combo-input").forEach((one) => one.remove());
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "csrf_token";
    mark.value = token();
    form.prepend(mark);
    if (where.matches("form")) where.replaceWith(form);
    else where.append(form);
    renew(form);
    return form;
  }

  async function restore(record) {
    const told = await read(record);
    const where = document.querySelector("[data-kept-place]") || document.querySelector("form#act");
    if (!where) return window.location.assign(record.url);
    const form = raise(told.html, where);
    fill(form, told.fields);
    await refill(form, record.id);
    setUp(form, record);
    return show();
  }

  function fill(form, pairs) {
    for (const one of form.querySelectorAll("input[type=checkbox], input[type=radio]")) {
      one.checked = pairs.some(([name, value]) => name === one.name && value === one.value);
    }
    for (const [name, value] of pairs) {
      const one = form.querySelector(`textarea[name="${name}"], select[name="${name}"], input[name="${name}"]:not([type=checkbox]):not([type=radio])`);
      if (one && one.name !== "csrf_token") one.value = value;
    }
  }

  async function refill(form, id) {
    const input = form.querySelector('input[type="file"][name="files"]');
    const files = await photos(id);
    if (!input || !files.length) return;
    const bag = new DataTransfer();
    files.forEach((file) => bag.items.add(file));
    input.files = bag.files;
    input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "small" }));
  }

  async function small(file) {
    if (!file.type.startsWith("image/") || file.size <= LARGEST) return file;
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return file;
    let scale = Math.min(1, 1920 / Math.max(picture.width, picture.height));
    for (let quality = 0.85; scale > 0.1; quality -= 0.15) {
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", Math.max(quality, 0.4)));
      if (made && made.size <= LARGEST) return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
      if (quality < 0.5) scale *= 0.7;
    }
    return file;
  }

  // --- the page without a network -------------------------------------------------------------------------------------

  /** The empty page and what it needs, for a telephone that opens it where there is no network. It holds no case. */
  async function prepare() {
    if (!navigator.serviceWorker || !window.caches || !navigator.onLine) return;
    await navigator.serviceWorker.register(worker, { scope: "/cases/" });
    const page = await fetch(shell);
    if (!page.ok || page.redirected) return;
    const text = await page.clone().text();
    const cache = await window.caches.open(CACHE);
    await cache.put(shell, page);
    await cache.addAll([...new Set([...text.matchAll(/(?:src|href)="(\/static\/[^"#]+)"/g)].map((found) => found[1]))]);
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!/\/logout$/.test(form.getAttribute("action") || "") || form.dataset.asked) return;
    event.preventDefault();
    event.stopPropagation();
    form.dataset.asked = "1";
    // Everybody's: a logout clears what this browser keeps, also of whoever held it before and has not sent yet.
    const left = await all("records").catch(() => []);
    if (left.length && !window.confirm(word("kept_leaving"))) {
      delete form.dataset.asked;
      return;
    }
    form.submit();
  }, true);

  window.addEventListener("online", () => (shell && document.querySelector("[data-kept-place]") ? window.location.reload() : sendOnce()));

  async function start() {
    const form = document.querySelector("form#act");
    const place = document.querySelector("[data-kept-place]");
    const here = await mine();
    const acted = window.location.search.includes("done=") && (window.location.pathname.match(/^\/cases\/(\d+)$/) || [])[1];
    // Something was just done on this case: perhaps what waited for its writer.
    for (const one of here) if (acted && one.case === acted && one.trouble) await put("records", { ...one, trouble: "", seen: true });
    if (form && isSession(form)) {
      const id = form.querySelector("[name=submission]").value;
      const back = here.find((one) => one.id === id);
      // The server gave it back with a sentence: it is being written again.
      if (back) {
        back.ready = false;
        back.trouble = "";
        await put("records", back);
      }
      const number = form.action.split("/").slice(-2)[0];
      const left = back || (await unfinished(here, number));
      if (left && !back && !document.querySelector(".error-summary")) await restore(left);
      else setUp(form, back);
      prepare().catch(() => {});
    } else if (place) {
      const wanted = (window.location.pathname.match(/\/cases\/(\d+)\//) || [])[1];
      const left = await unfinished(here, wanted);
      place.querySelector("[data-kept-none]").hidden = here.length > 0;
      if (left) await restore(left);
    }
    if (navigator.onLine) await sendOnce();
    else await show();
  }
  // A browser that keeps nothing (private windows) still shows every page.
  start().catch(() => {});
})();
