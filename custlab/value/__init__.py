"""What a customer is worth: lifetime value, profitability, loyalty, satisfaction."""
