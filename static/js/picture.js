/**
 * Shows a picture that was chosen before it is sent: input[data-picture] names the element that holds the present one.
 */
for (const input of document.querySelectorAll("input[data-picture]")) {
  const holder = document.getElementById(input.dataset.picture);
  const before = holder.firstElementChild;
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (!file || !input.accept.split(",").includes(file.type)) return holder.replaceChildren(before);
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const picture = document.createElement("img");
      picture.className = "ll-avatar ll-avatar--square ll-avatar--big ll-logo";
      picture.alt = "";
      picture.addEventListener("error", () => holder.replaceChildren(before)); // no picture after all: the server says so
      picture.src = String(reader.result);
      holder.replaceChildren(picture);
    });
    reader.readAsDataURL(file);
  });
}
