"""The rules of alerts: rule model, evaluator, sliding windows; pure."""
