"""The assistant: what is asked of the model, the takes that come back, hearing them and keeping one."""
