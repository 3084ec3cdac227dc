"""The view of curves: functions laid over one another, with a probe and what is known of them."""
