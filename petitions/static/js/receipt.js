// “保存并打印回执” asks for the paper at once; reloading the page later asks no more.
window.addEventListener("load", () => {
  const here = new URL(window.location.href);
  if (here.searchParams.get("print") !== "1") return;
  here.searchParams.delete("print");
  window.history.replaceState(null, "", here);
  window.print();
});
