"""The verifier over HTTP: ``verifier_api.app:app``, run by ``verifier serve``."""
