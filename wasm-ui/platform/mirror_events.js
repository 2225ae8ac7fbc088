// What happens to the mirror's elements (mirror_dom.js), as MirrorEvents.
mergeInto(LibraryManager.library, {
  $ME: {
    click: function(e) {
      var node = MD.node(e.target);
      if (!node || node.kind !== 'b') return;
      if (node.role === MD.LINK) {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return;  // into a tab or window of its own
        e.preventDefault();
      }
      // detail counts presses of a button; 0: nobody pressed one, so ImGui has seen nothing.
      if (e.detail !== 0 || node.disabled) return;
      MD.tell(MD.ACTIVATE, node);
      PF.now();
    },
    input: function(e) {
      var node = MD.node(e.target);
      if (node && node.kind === 'n' && !MD.writing) MD.tell(MD.CHANGE, node, e.target.value);
    },
    keydown: function(e) {
      var node = MD.node(e.target);
      if (!node || e.isComposing || e.keyCode === 229) return;
      if (e.key === 'Enter' && (node.role === MD.TEXTBOX || node.role === MD.TEXTAREA && (e.ctrlKey || e.metaKey))) {
        e.preventDefault();
        MD.tell(MD.SUBMIT, node);
        PF.now();
      } else if (e.key === 'Enter' && node.role === MD.LINK && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
        e.preventDefault();  // Firefox counts the click that would come of it as one of a pointer
        MD.tell(MD.ACTIVATE, node);
        PF.now();
      } else if (node.role === MD.RADIO && !e.ctrlKey && !e.altKey && !e.metaKey) {
        var by = e.key === 'ArrowRight' || e.key === 'ArrowDown' ? 1 : e.key === 'ArrowLeft' || e.key === 'ArrowUp' ? -1 : 0;
        if (by) ME.step(node, by, e);
      }
    },
    /** The next or previous choice of the same group, round the end; it is chosen by being reached. */
    step: function(node, by, e) {
      var all = MD.choices(node.el.parentNode, node.role).filter(function(n) { return !n.disabled; });
      var next = all[(all.indexOf(node) + by + all.length) % all.length];
      e.preventDefault();
      if (!next || next === node) return;
      next.el.focus({ preventScroll: true });
      MD.tell(MD.ACTIVATE, next);
      PF.now();
    },
    focusin: function(e) {
      var node = MD.node(e.target);
      if (!node) return;
      MD.tell(MD.FOCUS, node);
      // Not under a finger or a held button: the release must meet what was pressed.
      if (node.cut && !PT.held) MD.tell(MD.SCROLL_INTO_VIEW, node);
    },
    focusout: function(e) {
      var node = MD.node(e.target);
      if (node) MD.tell(MD.BLUR, node);
    },
    // Find-in-page, screen readers and test drivers scroll the layer to show an element the views have
    // scrolled away. The layer goes back at once; the views are asked to scroll by as much instead, where
    // the hidden element lies that is now closest to the middle.
    scroll: function() {
      var dx = MD.root.scrollLeft, dy = MD.root.scrollTop;
      if (!dx && !dy) return;
      var best = MD.nearest([window.innerWidth / 2, window.innerHeight / 2], function(node) { return node.cut; });
      MD.root.scrollLeft = MD.root.scrollTop = 0;
      if (!best) return;
      MD.tell(MD.SCROLL_INTO_VIEW, best, '' + dy);
      PF.now();  // before anybody aims at where the element was
    },
    /** The keyboard has come up, perhaps over the field it is for. */
    reveal: function() {
      var node = MD.node(document.activeElement);
      if (node && node.kind === 'n') MD.tell(MD.SCROLL_INTO_VIEW, node);
    },
    listen: function(root) {
      PF.on(root, 'click', ME.click);
      PF.on(root, 'input', ME.input);
      PF.on(root, 'keydown', ME.keydown);
      PF.on(root, 'focusin', ME.focusin);
      PF.on(root, 'focusout', ME.focusout);
      PF.on(root, 'scroll', ME.scroll);
      PF.on(root, 'compositionstart', function(e) {
        var node = MD.node(e.target);
        if (node) node.composing = true;
      });
      PF.on(root, 'compositionend', function(e) {
        var node = MD.node(e.target);
        if (!node) return;
        node.composing = false;
        MD.tell(MD.CHANGE, node, e.target.value);
      });
    },
  },
});
