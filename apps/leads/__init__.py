"""The sales records: what is known of a buyer, how far the sale is, who works it. Owns Lead."""
