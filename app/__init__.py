"""The desktop program: what is seen and touched. It imports ``core`` and holds no musical or model logic."""
