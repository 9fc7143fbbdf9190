"""What the console and the command line ask of the service: `/reminders/v1`, in the internal zone."""
