// The theme chosen in Settings, before anything is painted. A classic script behind the style sheet: browsers wait for both.
// Also on the pages that the proxy writes (proxy/routes/login.cpp).
var theme;
try {
  theme = localStorage.theme;
} catch (error) {
  // this browser keeps nothing
}
if (theme) { // else as the system has it, which the style sheet asks
  var rules = document.styleSheets[0].cssRules, colors = document.querySelectorAll('meta[name=theme-color]'), i;
  for (i = 0; i < rules.length; i++) {
    if (/scheme: dark/.test(rules[i].conditionText)) rules[i].media.mediaText = theme === 'dark' ? 'all' : 'not all';
  }
  for (i = 0; i < colors.length; i++) {
    if (colors[i].media.indexOf(theme) < 0) colors[i].remove();
    else colors[i].removeAttribute('media');
  }
  document.documentElement.style.colorScheme = theme;
}
