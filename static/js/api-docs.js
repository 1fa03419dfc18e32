/* Shows the OpenAPI document with Swagger UI. Keys typed in there stay in the page: nothing remembers them. */
(() => {
  const reference = document.getElementById("reference");
  window.SwaggerUIBundle({
    url: reference.dataset.schema,
    domNode: reference,
    deepLinking: false, // its links would stand inside of buttons
    syntaxHighlight: false, // its colours are too faint
    validatorUrl: null,
    persistAuthorization: false,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    tagsSorter: "alpha",
    // One button for the key is enough; the others would be buttons inside of buttons.
    plugins: [() => ({ wrapComponents: { authorizeOperationBtn: () => () => null } })],
  });
})();
