Console.WriteLine("geovlm");
