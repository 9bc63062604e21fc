// @ts-check
// What an operator chooses for itself: when its day begins, and what it is told of.
window.satmachine.parts['settings-tab'] = {
  template: '#sm-settings-tab',
  inheritAttrs: false
}
