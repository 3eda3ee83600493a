"""The API's published contract: an OpenAPI 3.1 document, and the models that the gateway checks."""
