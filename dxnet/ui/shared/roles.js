// Streamlit's own parts, mended for screen readers and the keyboard: a drop zone for files that is marked as
// decoration, the heading of a calendar that poses as the banner of the page, and tables that scroll sideways but
// cannot be reached.
function mend() {
  for (const zone of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
    zone.setAttribute("role", "group")
  }
  for (const header of document.querySelectorAll("header:not(.stAppHeader):not([role])")) {
    header.setAttribute("role", "presentation")
  }
  for (const box of document.querySelectorAll('[data-testid="stTable"], [data-testid="stTable"] div')) {
    if (box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === "auto") box.tabIndex = 0
  }
}

export default function () {
  const observer = new MutationObserver(mend)
  observer.observe(document.body, { childList: true, subtree: true })
  window.addEventListener("resize", mend)
  mend()
  return () => {
    observer.disconnect()
    window.removeEventListener("resize", mend)
  }
}
