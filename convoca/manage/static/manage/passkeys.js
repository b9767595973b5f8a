// Passkeys: what the server asks is put to the browser, and what it answers is sent as a form. A form with
// data-passkey "create" makes one, with "get" it uses one; what is asked is in data-options, or at the form's address.
(() => {
  const works = Boolean(window.PublicKeyCredential && navigator.credentials);
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (each) => each.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const ask = {
    create: (asked) => navigator.credentials.create({ publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: described(asked.excludeCredentials),
    } }),
    get: (asked) => navigator.credentials.get({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), allowCredentials: described(asked.allowCredentials),
    } }),
  };

  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const options = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const told = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!told.ok) throw new Error("no question");
    return (await told.json()).request_options;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!works) continue;
    const button = form.querySelector("button"), failed = form.querySelector("[data-passkey-failed]");
    const missing = form.querySelector("[data-passkey-missing]");
    form.hidden = button.hidden = false;
    if (missing) missing.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      button.disabled = true;
      try {
        const asked = await options(form);
        const credential = await ask[form.dataset.passkey](asked.publicKey);
        form.elements.credential.value = JSON.stringify(answered(credential));
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
