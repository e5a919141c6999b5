// The one button of a page of papers.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
